/** The ledger's writer. Verifying, sealing and opening have entry points of their own. */
export { type Disk, type DiskFile, nodeDisk } from './disk.ts';
export { type DrillOptions, type DrillRow, drill } from './drill.ts';
export { encodeLeaf, isLeafText } from './encode.ts';
export {
  type Detail,
  type DetailValue,
  type Entry,
  LEAF_KINDS,
  type Leaf,
  type LeafIdentity,
  type LeafKind,
  type LeafMcp,
} from './entry.ts';
export { type Finding, type FsckOptions, type FsckReport, fsck } from './fsck.ts';
export type { Appended, Ledger, LedgerOptions, LedgerState, Published } from './ledger.ts';
export { ACK_LEVELS, type AckLevel } from './levels.ts';
export { openLedger } from './open-ledger.ts';
export { checkByPlatform, sha256ByPlatform } from './platform.ts';
export { type Renewed, type RenewOptions, renewLogKey } from './renew.ts';
export type { Timer } from './timer.ts';
export { PayloadCheck, type PayloadReport } from './vault/check.ts';
export type { ContentRef, Shredded, ShredTargets } from './vault/shred.ts';
export { type ContentState, contentStates } from './vault/state.ts';

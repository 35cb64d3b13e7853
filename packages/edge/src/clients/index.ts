export type {
  ArgumentList,
  ClientDocument,
  Literal,
  NamedLiteral,
  ReadClientDocument,
  RemoteForm,
  Scalar,
  ServerEntry,
  ServerForm,
  StdioForm,
  TextMap,
  TextRange,
} from './document.ts';
export { readDocument } from './document.ts';
export { type ClientConfig, type ClientPlaces, locateClients } from './locate.ts';
export {
  type ClientServers,
  type ClientText,
  digestOf,
  readClient,
  readClientText,
} from './read.ts';
export { CLIENTS, type ClientFile, type ClientRow, type ClientScope } from './table.ts';
export {
  isLauncherName,
  LAUNCHER_NAMES,
  type WrappedRemote,
  type Wrapping,
  wrappingOf,
} from './wrapping.ts';

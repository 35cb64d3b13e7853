/** Both sides of C2SP tlog-witness, without a network: requests in, answers out. */
export {
  type Asked,
  askWitness,
  cosignNote,
  type Posted,
  type Probed,
  probeWitness,
  type Question,
} from './client.ts';
export { formatAddCheckpoint } from './request.ts';
export { type Cosigner, loadCosigner, makeCosigner } from './signer.ts';
export { FileState, type Held, type WitnessState } from './state.ts';
export { Witness, type WitnessAnswer, type WitnessOptions } from './witness.ts';

export { FEATURES, type FeatureName, type Features, lookAt } from './features.ts';
export { newSessionWording, type SessionWording } from './memory.ts';
export { type Parameters, rawScore, type Tree } from './model.ts';
export { addWording } from './told.ts';

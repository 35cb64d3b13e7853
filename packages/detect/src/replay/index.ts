export { History, type HistoryOptions } from './history.ts';
export { readLine } from './line.ts';
export { type PlayedCall, type PlayedResult, Player, type PlayerOptions } from './player.ts';
export { type Answer, type Asked, Script } from './script.ts';

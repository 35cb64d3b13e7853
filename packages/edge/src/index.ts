export * from './admit.ts';
export * from './codec.ts';
export * from './enrolment.ts';
export * from './home.ts';
export * from './keys.ts';
export * from './outbound.ts';
export * from './wire.ts';

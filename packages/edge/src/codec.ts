/** The form of messages on the sensor socket, for those that have no more than `core` too. */
export { encodeWire, WireDecoder, type WireMessage } from '@spoor/core';

export {
  commandUpstream,
  GATEWAY_LISTEN,
  GATEWAY_PORT,
  type GatewayFile,
  readGatewayFile,
  singleUpstream,
  type TrustFor,
} from './file.ts';
export { type Gateway, startGateway } from './gateway.ts';
export type { GatewayOptions, UpstreamOptions } from './options.ts';

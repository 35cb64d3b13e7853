/**
 * `node --import @spoor/instrument/register program.js`: instruments every copy of the MCP SDKs
 * that the process loads, version 1 and 2, client and server, ESM and CJS alike. Options come from
 * the environment: `SPOOR_HOME` joins the hub that lives there.
 */
import { installHooks } from './loader/install.ts';
import { listen } from './loader/protocol.ts';

listen({});
installHooks();

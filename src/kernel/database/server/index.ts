export {
  hasStore,
  openServer,
  postmasterPid,
  type Server,
  serverStatus,
  stopServer,
} from './server.ts';

import { HOT_RESTART_VERSION } from '../../hot_restart/version.ts';
import { type Handler, text } from '../reply.ts';

/** As Envoy says with --disable-hot-restart, when nobody can take over from this process. */
export const handle: Handler = ({ hotRestart }) => text(hotRestart ? HOT_RESTART_VERSION : 'disabled');

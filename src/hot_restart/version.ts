/** Processes of the same one can take over from each other; Envoy's have numbers of their own. */
export const HOT_RESTART_VERSION = 'attache.1';

/**
 * The Worker's entry: what worker-build made (module.js), without the class and the proxies that it makes for each request.
 */
/* global WebAssembly */
import Entrypoint, { TokenKeys, UserGate } from "./module.js";

export { TokenKeys, UserGate };

const { fetch } = Entrypoint.prototype;
const state = globalThis.__worker_init_state;

export default {
  fetch(request, env, context) {
    // After a panic the module must begin anew, which worker-build's class sees to.
    if (state.criticalError) return new Entrypoint(context, env).fetch(request);
    try {
      return fetch.call({ env, ctx: context }, request);
    } catch (error) {
      state.criticalError ||= error instanceof WebAssembly.RuntimeError;
      throw error;
    }
  },
};

// A part of undici, which comes without types of its own.
declare module 'undici/lib/dispatcher/agent.js' {
  export { Agent as default } from 'undici'
}

/** What starts a portal of code. It lies in a file of its own in what is shipped, as hardly a run needs it. */
export { startSandbox } from './server.ts'
export { SandboxSettingError } from './setting-values.ts'
export { sandboxSettings, sandboxSettingsFromText } from './settings.ts'

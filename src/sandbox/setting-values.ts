/** A sandbox setting is unknown or has a value that it cannot have; the message says what is allowed. */
export class SandboxSettingError extends Error {
  override readonly name = 'SandboxSettingError'
}

/** @throws SandboxSettingError unless `text` is a number from `least` on */
export function numberOf(name: string, text: string, least: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least)) throw badValue(name, text, least > 0 ? `a number from ${least}` : 'a number from 0')
  return value
}

/** `5%` → 0.05. @throws SandboxSettingError */
export function shareOf(name: string, text: string): number {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(text) ?? []
  if (percent === undefined) throw badValue(name, text, 'a share such as 5%')
  return Number(percent) / 100
}

/** @throws SandboxSettingError unless `text` is one of the choices */
export function choice<Choice extends string>(
  name: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((one) => one === text)
  if (found === undefined) throw badValue(name, text, choices.join(', '))
  return found
}

export function badValue(name: string, value: string, allowed: string): SandboxSettingError {
  return new SandboxSettingError(`sandbox setting ${name} cannot be '${value}'; allowed: ${allowed}`)
}

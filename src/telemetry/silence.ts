/** Whether this process logs; beside the log, which loads pino. */
let isSilent = false;

/** From now on nothing is logged any more: for a process that is ended at once, where what fails because of that is no news. */
export function silenceLogs(): void {
  isSilent = true;
}

export function areLogsSilent(): boolean {
  return isSilent;
}

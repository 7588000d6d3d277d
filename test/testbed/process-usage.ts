import { readFileSync } from 'node:fs';

/** What a process has used: seconds of CPU since it was started, and the memory that it holds now. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

// Linux counts CPU time in hundredths for its users, on every architecture that Node runs on.
const TICKS_PER_SECOND = 100;
const BYTES_PER_KILOBYTE = 1024;

/** As /proc tells; zero for no process, and where there is no /proc. */
export function usageOf(pid: number | undefined): ProcessUsage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in parentheses, may hold blanks: fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      residentBytes: Number(resident ?? 0) * BYTES_PER_KILOBYTE,
    };
  } catch {
    return { cpuSeconds: 0, residentBytes: 0 };
  }
}

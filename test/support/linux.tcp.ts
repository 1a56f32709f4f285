import { readFileSync } from 'node:fs';

/** The kernel's view of one IPv4 connection on loopback (proc_pid_net(5)). Linux only. */
export interface KernelSocket {
  isEstablished: boolean;
  /** Hundredths of a second until the first keep-alive probe; undefined while another timer runs, or none. */
  keepAliveIn: number | undefined;
  retransmissions: number;
}

/** The side of the connection whose own port is `local`; undefined when there is none. */
export function kernelSocket(local: number, remote: number): KernelSocket | undefined {
  const [from, to] = [local, remote].map((port) => `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  // Columns: number, local, remote, state (01: established), queues, kind of timer (02: keep-alive) and its time, retransmissions.
  const fields = readFileSync('/proc/net/tcp', 'latin1')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((columns) => columns[1] === from && columns[2] === to);
  if (!fields) return undefined;
  const [timer, time] = fields[5]!.split(':');
  return {
    isEstablished: fields[3] === '01',
    keepAliveIn: timer === '02' ? Number.parseInt(time!, 16) : undefined,
    retransmissions: Number.parseInt(fields[6]!, 16),
  };
}

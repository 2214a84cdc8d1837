// The bytes of every stream: the same at both ends, and checked.

import { setTimeout as pauseFor } from 'node:timers/promises'

const PERIOD = 64 * 1024 // the bytes repeat after this many
const PAUSE_EACH = 256 * 1024
const pattern = Buffer.from(Uint8Array.from({ length: PERIOD }, (_, i) => i * 31 + (i >> 8)))

function drained (stream) {
  return new Promise((resolve, reject) => {
    stream.addEventListener('drain', resolve, { once: true })
    stream.addEventListener('close', event => reject(event.error ?? new Error('closed')), { once: true })
  })
}

export async function send (stream, bytes) {
  for (let sent = 0; sent < bytes; sent += PERIOD) {
    if (!stream.send(pattern.subarray(0, Math.min(PERIOD, bytes - sent)))) {
      await drained(stream)
    }
  }
}

export function resume (stream) {
  if (stream.readStatus === 'paused') {
    stream.resume()
  }
}

// Hands every part to take; ends with the input, and fails where the stream was reset or aborted.
export function read (stream, take) {
  return new Promise((resolve, reject) => {
    const end = () => {
      const isBroken = stream.status === 'reset' || stream.status === 'aborted'
      isBroken ? reject(new Error(`the stream was ${stream.status}`)) : resolve()
    }
    stream.addEventListener('message', ({ data }) => {
      for (const part of data instanceof Uint8Array ? [data] : data) {
        take(part)
      }
    })
    stream.addEventListener('end', end)
    stream.addEventListener('close', event => event.error === undefined || reject(event.error))
    if (stream.readableEnded) {
      end()
    }
  })
}

// Reads to the end and checks every byte; a pause, in ms, comes after each 256 KiB.
export async function receive (stream, bytes, pause = 0) {
  let received = 0
  let pauseAt = PAUSE_EACH
  let wrongAt
  await read(stream, part => {
    for (let from = 0; from < part.length;) {
      const at = received % PERIOD
      const count = Math.min(PERIOD - at, part.length - from)
      if (pattern.compare(part, from, from + count, at, at + count) !== 0) {
        wrongAt ??= received
      }
      received += count
      from += count
    }
    if (pause > 0 && received >= pauseAt) {
      pauseAt += PAUSE_EACH
      stream.pause()
      pauseFor(pause).then(() => resume(stream))
    }
  })
  if (wrongAt !== undefined) {
    throw new Error(`wrong byte behind ${wrongAt}`)
  }
  if (received !== bytes) {
    throw new Error(`received ${received} bytes (expected: ${bytes})`)
  }
}

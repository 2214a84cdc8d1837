// What becomes of the streams that the other end opens.

import { read, resume, send } from './pattern.js'

const held = []

// Sends back what it reads, and reads no more while that cannot be sent.
async function echo (stream) {
  stream.addEventListener('drain', () => resume(stream))
  await read(stream, part => {
    if (stream.status === 'open' && !stream.send(part)) {
      stream.pause()
    }
  })
  await stream.close()
}

// Reads to the end, then sends as many bytes.
async function reply (stream) {
  let bytes = 0
  await read(stream, part => { bytes += part.length })
  await send(stream, bytes)
  await stream.close()
}

// Resets the stream once something has come.
async function reset (stream) {
  await read(stream, () => stream.abort(new Error('as told')))
}

// Reads nothing before it is released, then echoes.
async function hold (stream) {
  stream.pause()
  held.push(stream)
}

export const kinds = { echo, reply, reset, hold }

export function release () {
  for (const stream of held.splice(0)) {
    echo(stream).catch(() => {})
    resume(stream)
  }
}

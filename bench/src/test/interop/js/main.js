// A yamux peer for Culvert's interoperability tests, on @chainsafe/libp2p-yamux; see the README beside.

import { createInterface } from 'node:readline'
import { connect } from './connection.js'
import { kinds, release } from './accept.js'
import { read, receive, resume, send } from './pattern.js'

// The library takes this from Node 22; the rest of it runs on 20.
Promise.withResolvers ??= () => {
  const resolvers = {}
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }))
  return resolvers
}

const [role, address, authority] = process.argv.slice(2)
let accept = kinds.echo
let held

const session = await connect(role, address, authority, stream => accept(stream).catch(() => {}))

async function openAndSend (bytes) {
  const stream = await session.createStream()
  await send(stream, bytes)
  return stream
}

async function echoed (bytes, pause) {
  const stream = await session.createStream()
  const sendAll = async () => {
    await send(stream, bytes)
    await stream.close()
  }
  await Promise.all([receive(stream, bytes, pause), sendAll()])
}

const commands = {
  open: (streams, bytes) => Promise.all(Array.from({ length: streams }, () => echoed(bytes))),
  slow: bytes => echoed(bytes, 5),
  async fin (streams, bytes) {
    for (let i = 0; i < streams; i++) {
      const stream = await openAndSend(bytes)
      await stream.close()
    }
  },
  async reset (bytes) {
    const stream = await openAndSend(bytes)
    stream.abort(new Error('as told'))
  },
  async hold (bytes) {
    held = { stream: await openAndSend(bytes), bytes }
    held.stream.pause()
  },
  'reads-end' () {
    const end = read(held.stream, () => {}).then(() => 'eof', () => 'error')
    resume(held.stream)
    return end
  },
  release () {
    release()
    const received = receive(held.stream, held.bytes)
    resume(held.stream)
    return Promise.all([received, held.stream.close()])
  },
  async accept (kind) { accept = kinds[kind] },
  ping: () => session.ping(),
  goaway: reason => session.close({ reason })
}

console.log('ready')
const lines = createInterface({ input: process.stdin })
lines.on('close', () => process.exit(0))
lines.on('line', async line => {
  const [command, ...words] = line.split(' ')
  try {
    const answer = await commands[command](...words.map(word => /^\d+$/.test(word) ? Number(word) : word))
    console.log(typeof answer === 'string' ? answer : 'ok')
  } catch (error) {
    console.log(`error ${error.message}`)
  }
})

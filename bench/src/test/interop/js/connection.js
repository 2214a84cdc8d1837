// The socket in the form that the library wants its connection in.

import net from 'node:net'
import tls from 'node:tls'
import { readFileSync } from 'node:fs'
import { once } from 'node:events'
import { yamux } from '@chainsafe/libp2p-yamux'
import { defaultLogger } from '@libp2p/logger'
import { AbstractMultiaddrConnection } from '@libp2p/utils'

const LIMITS = {
  maxInboundStreams: 4096,
  maxOutboundStreams: 4096,
  // By default a stream that holds more than 4 MiB unread is reset, while its window grows to 16 MiB.
  streamOptions: { maxReadBufferLength: 16 * 1024 * 1024 }
}

class SocketConnection extends AbstractMultiaddrConnection {
  #socket

  constructor (socket, direction) {
    super({ direction, log: defaultLogger().forComponent('peer') })
    this.#socket = socket
    socket.on('data', chunk => this.onData(chunk))
    socket.on('drain', () => this.safeDispatchEvent('drain'))
    socket.on('close', () => this.onTransportClosed())
    socket.on('error', error => this.abort(error))
  }

  sendData (data) {
    let canSendMore = true
    for (const chunk of data) {
      canSendMore = this.#socket.write(chunk)
    }
    return { sentBytes: data.byteLength, canSendMore }
  }

  async sendClose () { this.#socket.end() }
  sendReset () { this.#socket.destroy() }
  sendPause () { this.#socket.pause() }
  sendResume () { this.#socket.resume() }
}

async function dial (address, authority) {
  const [host, port] = address.split(':')
  if (authority === undefined) {
    const socket = net.connect({ host, port, noDelay: true })
    await once(socket, 'connect')
    return socket
  }
  const socket = tls.connect({ host, port, servername: 'localhost', ca: readFileSync(authority) })
  await once(socket, 'secureConnect')
  return socket.setNoDelay(true)
}

// A session whose streams are handed to accept.
export async function connect (role, address, authority, accept) {
  const socket = await dial(address, authority)
  const connection = new SocketConnection(socket, role === 'client' ? 'outbound' : 'inbound')
  const session = yamux(LIMITS)().createStreamMuxer(connection)
  session.addEventListener('stream', event => accept(event.detail))
  return session
}

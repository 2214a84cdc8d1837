package dev.culvert.mux.netty;

import io.netty.channel.socket.DuplexChannel;

/** A channel for a relay to join, with auto-read off, and who is at its far end. */
record UsedLeg(DuplexChannel channel, User user) {}

package dev.culvert.bench.carrier;

import dev.culvert.mux.SessionConfig;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;

/** What a channel between the two ends is: the question, and what to compare the answer with. */
public enum Carrier {
  /** A stream of the one session between them. */
  STREAM {
    @Override
    public Opener start(Bearer bearer, Sockets sockets, ChannelInitializer<Channel> acceptor)
        throws Exception {
      return new SessionEnds(bearer, sockets, SessionConfig.STANDARD, acceptor);
    }
  },

  /** A connection of its own, without a multiplexer: the baseline. */
  CONNECTION {
    @Override
    public Opener start(Bearer bearer, Sockets sockets, ChannelInitializer<Channel> acceptor)
        throws Exception {
      return new ConnectionEnds(bearer, sockets, acceptor);
    }
  };

  /**
   * Starts both ends; the caller closes them.
   *
   * @param acceptor initializes each channel at the end that is not the opener's
   */
  public abstract Opener start(Bearer bearer, Sockets sockets, ChannelInitializer<Channel> acceptor)
      throws Exception;
}

package dev.culvert.mux.netty;

import io.netty.channel.ChannelId;
import java.net.SocketAddress;

/** The address of a {@link StreamChannel}: which stream of which connection. */
public final class StreamAddress extends SocketAddress {
  private final String connection;
  private final long streamId;

  StreamAddress(ChannelId connection, long streamId) {
    this.connection = connection.asShortText();
    this.streamId = streamId;
  }

  public long streamId() {
    return streamId;
  }

  @Override
  public String toString() {
    return connection + "#" + streamId;
  }
}

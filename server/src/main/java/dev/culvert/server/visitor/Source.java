package dev.culvert.server.visitor;

import io.netty.channel.Channel;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The ends of a connection: those of its socket, or those that the balancer in front of it told.
 * Whatever judges, counts, logs or passes on an address asks here. Any thread.
 *
 * @param visitor the address that connected
 * @param local the address that it connected to
 */
public record Source(InetSocketAddress visitor, InetSocketAddress local) {
  private static final AttributeKey<Source> TOLD = AttributeKey.valueOf(Source.class, "TOLD");

  /** Says what a balancer told; once, before anything else is done with the connection. */
  static void tell(Channel channel, Source source) {
    channel.attr(TOLD).set(source);
  }

  private static @Nullable Source told(Channel channel) {
    Attribute<Source> told = channel.hasAttr(TOLD) ? channel.attr(TOLD) : null;
    return told == null ? null : told.get();
  }

  /** The address that {@code channel} comes from; null where it is no socket or was gone early. */
  public static @Nullable InetSocketAddress address(Channel channel) {
    Source told = told(channel);
    return told == null ? inet(channel.remoteAddress()) : told.visitor;
  }

  /** The address that {@code channel} was opened to; null likewise. */
  public static @Nullable InetSocketAddress localAddress(Channel channel) {
    Source told = told(channel);
    return told == null ? inet(channel.localAddress()) : told.local;
  }

  /** What the connections and failures of {@code channel}'s other end are counted under. */
  public static Origin origin(Channel channel) {
    Source told = told(channel);
    return Origin.of(told == null ? channel.remoteAddress() : told.visitor);
  }

  private static @Nullable InetSocketAddress inet(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet : null;
  }
}

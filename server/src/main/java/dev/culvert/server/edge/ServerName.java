package dev.culvert.server.edge;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/** The name that a visitor asked for in TLS (SNI), kept with its connection. Any thread. */
final class ServerName {
  private static final AttributeKey<String> NAME = AttributeKey.valueOf(ServerName.class, "NAME");

  private ServerName() {}

  static void tell(Channel channel, @Nullable String name) {
    if (name != null) {
      channel.attr(NAME).set(name);
    }
  }

  /** Null where it named none, or uses no TLS. */
  static @Nullable String of(Channel channel) {
    return channel.hasAttr(NAME) ? channel.attr(NAME).get() : null;
  }
}

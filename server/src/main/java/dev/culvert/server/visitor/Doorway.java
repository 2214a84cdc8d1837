package dev.culvert.server.visitor;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * What a connection to a public port passes before it gets its pipeline: the PROXY header, where a
 * balancer sends one, and the share of its address. Any thread.
 *
 * <p>A balancer must send the header; of anybody else's bytes none are taken for one.
 */
public final class Doorway {
  /** Many share an address behind one NAT: this leaves room for 20 such at a time. */
  public static final int STANDARD_SHARE = 1000;

  private final Networks balancers;
  private final AddressLimit limit;

  /**
   * A doorway for all public ports.
   *
   * @param balancers who sends the PROXY header
   * @param maxConnections of one address at a time; of an IPv6 network of 64 bits
   * @param proxies whose connections are not counted, beside the balancers' own
   */
  public Doorway(Networks balancers, Networks proxies, int maxConnections) {
    this.balancers = balancers;
    this.limit = new AddressLimit(maxConnections, proxies.and(balancers));
  }

  /** A doorway that everybody passes. */
  public static Doorway open() {
    return new Doorway(Networks.NONE, Networks.NONE, Integer.MAX_VALUE);
  }

  /**
   * Lets {@code channel} in, which was just accepted: {@code accept} adds its handlers, at once or
   * when the header was read, unless the channel was closed until then. The channel's event loop.
   */
  public void enter(Channel channel, Consumer<Channel> accept) {
    if (isBalancer(channel)) {
      ProxyHeader.await(channel, told -> admit(told, accept));
    } else {
      admit(channel, accept);
    }
  }

  /** Whether a header is due on {@code channel}. */
  private boolean isBalancer(Channel channel) {
    return !balancers.isEmpty()
        && channel.remoteAddress() instanceof InetSocketAddress address
        && balancers.contains(address.getAddress());
  }

  private void admit(Channel channel, Consumer<Channel> accept) {
    if (!channel.isOpen()) {
      return; // the decoder goes over the rest once more when it closes
    }
    channel.pipeline().addLast(limit);
    if (channel.isOpen()) {
      accept.accept(channel);
    }
  }

  /** The connection is no visitor's, and is counted elsewhere. The channel's event loop. */
  public void leave(Channel channel) {
    channel.pipeline().remove(AddressLimit.class);
  }

  /** Says what was refused, if anything. Every now and then. */
  public void sumUp() {
    limit.sumUp();
  }
}

package dev.culvert.mux.socket;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose peer has a loopback address, where the kernel's congestion control is BBR: it
 * sends at the rate it has measured, with a timer between bursts, which on a path without a
 * bottleneck costs a tenth to a fifth of the CPU and wins nothing. They get Reno, which every
 * process may ask for. Linux only.
 */
final class LoopbackPath {
  private static final Path SYSTEM_WIDE = Path.of("/proc/sys/net/ipv4/tcp_congestion_control");
  private static final byte[] UNPACED = "reno".getBytes(StandardCharsets.US_ASCII);

  private static final int IPPROTO_TCP = 6;
  private static final int TCP_CONGESTION = 13;
  private static final RawUnixChannelOption OPTION =
      new RawUnixChannelOption("TCP_CONGESTION", IPPROTO_TCP, TCP_CONGESTION, UNPACED.length);

  private static final boolean IS_SYSTEM_PACED = isSystemPaced();

  private LoopbackPath() {}

  private static boolean isSystemPaced() {
    try {
      return Files.readString(SYSTEM_WIDE).startsWith("bbr");
    } catch (IOException e) {
      return false;
    }
  }

  static boolean isPaced(@Nullable InetSocketAddress peer) {
    return IS_SYSTEM_PACED
        && peer != null
        && !peer.isUnresolved()
        && peer.getAddress().isLoopbackAddress();
  }

  static void unpace(Channel channel) {
    try {
      channel.config().setOption(OPTION, ByteBuffer.wrap(UNPACED));
    } catch (ChannelException e) {
      // The peer has closed it already, or the machine's owner does not allow it: paced, then.
    }
  }
}

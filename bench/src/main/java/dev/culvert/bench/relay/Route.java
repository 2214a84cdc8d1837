package dev.culvert.bench.relay;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A way to the service that is open until this is closed. */
interface Route extends AutoCloseable {
  /** Where visitors connect. */
  InetSocketAddress address();

  @Override
  void close() throws IOException;
}

package dev.culvert.bench.race;

import java.io.IOException;

/** The path between a tunnel's two ends. */
interface Link {
  /** The shortest: the client connects to the server. */
  Link STRAIGHT = port -> port;

  /** The port that the client is to connect to where the server listens at {@code serverPort}. */
  int to(int serverPort) throws IOException;
}

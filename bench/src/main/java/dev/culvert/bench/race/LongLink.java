package dev.culvert.bench.race;

import dev.culvert.bench.link.LinkEmulator;
import dev.culvert.bench.link.LinkSettings;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A link of 1 Gbit/s with a round trip of 50 ms, emulated in this process. One thread. */
final class LongLink implements Link, AutoCloseable {
  private static final LinkSettings SETTINGS =
      LinkSettings.of(Duration.ofMillis(25), 1_000_000_000);

  private @Nullable LinkEmulator emulator;

  /** Once. */
  @Override
  public int to(int serverPort) throws IOException {
    LinkEmulator started = LinkEmulator.start(Ports.at(serverPort), SETTINGS);
    emulator = started;
    return started.address().getPort();
  }

  @Override
  public void close() throws IOException {
    if (emulator != null) {
      emulator.close();
    }
  }
}

package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked;
import dev.culvert.bench.e2e.Forked.ForkedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that orders no certificates, which most do not, pays nothing for it. */
@Timeout(60)
final class WithoutAcmeTest {
  @TempDir private Path state;
  @TempDir private Path logs;

  @Test
  void noClassOfItIsLoaded() throws Exception {
    Path classes = logs.resolve("classes");
    try (ForkedServer server = Forked.server(state, "-Xlog:class+load:file=" + classes)) {
      assertThat(server.forked().end()).isZero();
    }

    List<String> loaded = Files.readAllLines(classes);
    assertThat(loaded).anyMatch(line -> line.contains(" dev.culvert.server.CulvertServer "));
    assertThat(loaded)
        .noneMatch(line -> line.contains(" dev.culvert.server.acme.AutomaticCertificates"))
        .noneMatch(line -> line.contains(" org.shredzone.acme4j."))
        .noneMatch(line -> line.contains(" java.net.http."))
        .noneMatch(line -> line.contains(" org.jose4j."));
  }
}

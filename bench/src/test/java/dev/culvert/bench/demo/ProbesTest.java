package dev.culvert.bench.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbesTest {
  @Test
  void allProbesPassOnTheSampleApp() {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    List<ProbeResult> heard = new ArrayList<>();
    try (SampleApp app = SampleApp.start(free)) {
      URI base = URI.create("http://calm-otter.localhost:" + app.address().getPort() + "/");

      List<ProbeResult> results = Probes.run(base, heard::add);

      assertThat(results).allMatch(ProbeResult::passed).isEqualTo(heard);
      assertThat(results)
          .extracting(ProbeResult::name)
          .containsExactly("page", "WebSocket echo", "event stream", "upload", "download", "burst");
    }
  }

  @Test
  void silenceFailsEveryProbeAtItsDeadline() {
    try (WrongApp silent = WrongApp.answering(request -> null)) {
      List<Probe> probes =
          List.of(
              new PageProbe(),
              new WebSocketProbe(1_000),
              new EventStreamProbe(),
              new UploadProbe(100),
              new DownloadProbe(100),
              new BurstProbe(2));

      List<ProbeResult> results =
          Probes.run(silent.base(), probes, Duration.ofMillis(200), result -> {});

      assertThat(results).hasSize(6).noneMatch(ProbeResult::passed);
      assertThat(results).allMatch(result -> result.detail().startsWith("stalled: no end after"));
      assertThat(results.get(4).detail()).endsWith("(so far: 0 of 100 bytes received)");
    }
  }

  @Test
  void nobodyListeningFailsWithTheAddress() {
    WrongApp gone = WrongApp.answering(request -> null);
    gone.close();

    ProbeResult result =
        Probes.run(gone.base(), List.of(new PageProbe()), Duration.ofSeconds(20), nothing -> {})
            .getFirst();

    assertThat(result.passed()).isFalse();
    assertThat(result.detail())
        .startsWith("cannot connect to /127.0.0.1:" + gone.base().getPort())
        .contains("refused");
  }

  @Test
  void localhostNamesAreTheLoopbackAddress() {
    ProbeTarget named = ProbeTarget.of(URI.create("http://Calm-Otter.LOCALHOST:8080/x"));
    ProbeTarget plain = ProbeTarget.of(URI.create("http://localhost"));
    ProbeTarget other = ProbeTarget.of(URI.create("http://notlocalhost:81/"));

    assertThat(named.address()).hasToString("/127.0.0.1:8080");
    assertThat(named.authority()).isEqualTo("Calm-Otter.LOCALHOST:8080");
    assertThat(plain.address()).hasToString("/127.0.0.1:80");
    assertThat(plain.authority()).isEqualTo("localhost");
    assertThat(other.address().isUnresolved()).isTrue();
  }

  @Test
  void onlyHttpCanBeProbed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ProbeTarget.of(URI.create("https://localhost/")))
        .withMessageContaining("expected: http://host:port/");
  }
}

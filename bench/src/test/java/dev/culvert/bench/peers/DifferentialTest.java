package dev.culvert.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Odd requests to Culvert, nginx and haproxy, each before a service of its own: where they answer
 * differently, the list says so and why.
 */
@Timeout(120)
final class DifferentialTest {
  @TempDir private Path home;

  private interface Starter {
    ReverseProxy start(Path home, int servicePort) throws Exception;
  }

  private Callable<List<Outcome>> ask(String name, Starter starter, List<OddRequest> all) {
    return () -> {
      Path own = Files.createDirectory(home.resolve(name));
      try (RecordingOrigin service = new RecordingOrigin();
          ReverseProxy proxy = starter.start(own, service.port())) {
        List<Outcome> outcomes = new ArrayList<>();
        for (OddRequest request : all) {
          outcomes.add(Outcome.of(request, proxy.address(), service));
        }
        return outcomes;
      }
    };
  }

  @Test
  void differencesToOtherProxiesAreThoseThatAreExplained() throws Exception {
    PeerProgram.require("nginx");
    PeerProgram.require("haproxy");
    List<OddRequest> all = OddRequest.all();
    Map<String, String> found = new LinkedHashMap<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      Future<List<Outcome>> culvert = threads.submit(ask("culvert", ReverseProxy::culvert, all));
      Future<List<Outcome>> nginx = threads.submit(ask("nginx", ReverseProxy::nginx, all));
      Future<List<Outcome>> haproxy = threads.submit(ask("haproxy", ReverseProxy::haproxy, all));
      for (int i = 0; i < all.size(); i++) {
        Outcome ours = culvert.get(120, TimeUnit.SECONDS).get(i);
        Outcome first = nginx.get(120, TimeUnit.SECONDS).get(i);
        Outcome second = haproxy.get(120, TimeUnit.SECONDS).get(i);
        if (!ours.isLike(first) || !ours.isLike(second)) {
          found.put(
              all.get(i).name(), "culvert " + ours + "\nnginx   " + first + "\nhaproxy " + second);
        }
      }
    }

    Differences listed = Differences.listed();
    Path actual = Path.of("target", "differences.txt");
    Files.writeString(actual, Differences.text(found, listed.reasons()));
    Set<String> changed = new TreeSet<>(found.keySet());
    changed.addAll(listed.outcomes().keySet());
    changed.removeIf(name -> Objects.equals(found.get(name), listed.outcomes().get(name)));
    assertThat(changed).as("what is not as it is listed, but as in %s", actual).isEmpty();
    assertThat(listed.reasons().values()).noneMatch(reason -> reason.length() < 20);
  }
}

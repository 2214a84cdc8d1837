package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.server.CulvertServer;
import dev.culvert.server.ServerConfig;
import dev.culvert.server.acme.AcmeSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Visitors over HTTP of a server that orders certificates. */
@Timeout(60)
final class PlainVisitorTest {
  @TempDir private Path state;

  private static HttpResponse<String> get(CulvertServer server, String path) throws Exception {
    URI url = URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + path);
    try (HttpClient visitor = HttpClient.newHttpClient()) {
      return visitor.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString());
    }
  }

  private static void assertAnswered(ServerConfig config) throws Exception {
    URI nobody = URI.create("http://127.0.0.1:1/directory");
    try (CulvertServer server =
        CulvertServer.start(config.withAcme(new AcmeSettings(nobody, null, null, null)))) {
      for (String path : new String[] {"/", "/.well-known/acme-challenge/unknown"}) {
        assertThat(get(server, path).headers().firstValue("culvert-error"))
            .contains("no-such-tunnel");
      }
    }
  }

  @Test
  void theyAreAnsweredByTheTunnelsAsEver() throws Exception {
    assertAnswered(ServerConfig.local(state));
  }

  @Test
  void alsoWhereTheyMayBeginWithHttp2() throws Exception {
    assertAnswered(ServerConfig.local(state).withHttp2Cleartext());
  }
}

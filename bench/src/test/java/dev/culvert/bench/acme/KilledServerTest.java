package dev.culvert.bench.acme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.bench.e2e.Forked;
import dev.culvert.bench.secrecy.FinestOutput;
import dev.culvert.mux.control.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server's process that ends without a chance to say anything, and the next one. */
@Timeout(90)
final class KilledServerTest {
  @TempDir private Path authority;
  @TempDir private Path state;

  private Forked serve(Pebble pebble, HeldHook hook) throws IOException {
    return Forked.culvertd(
        state,
        "serve",
        "--state",
        state.toString(),
        "--domain",
        AcmeGround.DOMAIN,
        "--tunnel",
        ":0",
        "--http",
        text(pebble.http()),
        "--https",
        text(pebble.https()),
        "--acme",
        pebble.directory().toString(),
        "--acme-agree-tos",
        "--acme-ca",
        pebble.trustFile().toString(),
        "--acme-dns-hook",
        hook.program().toString());
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  @Test
  void itsOrderInProgressIsGoneOnWith() throws Exception {
    try (Pebble pebble = Pebble.start(authority)) {
      HeldHook hook = new HeldHook(pebble, authority);
      AcmeState kept = new AcmeState(state);
      try (Forked killed = serve(pebble, hook)) {
        FinestOutput.tell(new Secret(killed.await("export CULVERT_AUTHTOKEN=(\\S+)")));
        hook.awaitCall();
        killed.kill();
      }
      String account = kept.account();
      String order = kept.order(AcmeGround.DOMAIN);
      hook.letGo();

      try (Forked next = serve(pebble, hook)) {
        next.await("(tunnel.test, \\*.tunnel.test: has a certificate until )");

        assertThat(new Visitor(pebble).verified("shop.tunnel.test")).isNotNull();
        assertThat(next.end()).isZero();
        assertThat(next.allLines()).noneMatch(line -> line.contains("no new certificate"));
      }
      assertThat(order).startsWith("https://");
      assertThat(pebble.orders()).isEqualTo(1);
      assertThat(kept.account()).isEqualTo(account);
      assertThat(hook.values("cleanup")).containsAll(hook.values("present"));
    }
  }
}

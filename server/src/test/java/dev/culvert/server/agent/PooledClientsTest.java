package dev.culvert.server.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ClientMessage.OpenTunnel;
import dev.culvert.mux.control.ClientMessage.TunnelHealth;
import dev.culvert.mux.control.ServerMessage;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.HostRoutes;
import dev.culvert.server.route.RoutePool;
import dev.culvert.server.route.RoutePool.Member;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several clients of one token behind one name. */
final class PooledClientsTest {
  private AgentGround ground;
  private TestClient ann;
  private TestClient bob;

  @BeforeEach
  void open(@TempDir Path state) throws Exception {
    ground = new AgentGround(state);
    ann = ground.connect(AgentGround.ANN);
    bob = ground.connect(AgentGround.BOB);
  }

  @AfterEach
  void close() {
    ann.cut();
    bob.cut();
    ground.close();
  }

  private static ServerMessage ask(
      TestClient client, int tunnel, @Nullable String path, boolean pool) {
    client.say(new OpenTunnel(tunnel, TunnelKind.HTTP, "key", "shop", 0, path, pool, null));
    return client.heard.remove();
  }

  private RoutePool pool(String target) {
    HostRoutes routes = requireNonNull(ground.routes.find("shop.localhost"));
    return requireNonNull(routes.at(target));
  }

  private int tunnelOfNext() {
    Member member = requireNonNull(pool("/").take(List.of(), System.nanoTime()));
    member.release();
    return member.route().tunnel();
  }

  @Test
  void clientsThatAllAskForItShareANameUntilTheyLeave() {
    assertThat(ask(ann, 1, null, true)).isInstanceOf(TunnelOpened.class);
    assertThat(ask(bob, 2, null, true)).isInstanceOf(TunnelOpened.class);
    assertThat(pool("/").size()).isEqualTo(2);

    ann.cut();
    assertThat(pool("/").size()).isEqualTo(1);
    assertThat(tunnelOfNext()).isEqualTo(2);

    bob.cut();
    assertThat(ground.routes.find("shop.localhost")).isNull();
  }

  @Test
  void clientThatDoesNotAskForItIsRefused() {
    assertThat(ask(ann, 1, null, true)).isInstanceOf(TunnelOpened.class);

    assertThat(ask(bob, 2, null, false))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.TAKEN);
              assertThat(refusal.message()).contains("--pool");
            });
  }

  @Test
  void memberWhoseServiceIsDownIsLeftOutUntilItIsUp() {
    ask(ann, 1, null, true);
    ask(bob, 2, null, true);

    ann.say(new TunnelHealth(1, false));
    ann.say(new TunnelHealth(2, false)); // that is bob's, and ann has none of that number
    for (int i = 0; i < 4; i++) {
      assertThat(tunnelOfNext()).isEqualTo(2);
    }

    ann.say(new TunnelHealth(1, true));
    assertThat(List.of(tunnelOfNext(), tunnelOfNext())).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void pathsOfANameAreOpenedAndFoundEachOnItsOwn() {
    assertThat(ask(ann, 1, null, false)).isEqualTo(new TunnelOpened(1, List.of("url:shop")));
    assertThat(ask(bob, 2, "/api/", false)).isEqualTo(new TunnelOpened(2, List.of("url:shop/api")));

    assertThat(requireNonNull(FoundRoute.of(pool("/x"))).tunnel()).isEqualTo(1);
    assertThat(requireNonNull(FoundRoute.of(pool("/api/x"))).tunnel()).isEqualTo(2);
    bob.cut();
    assertThat(requireNonNull(FoundRoute.of(pool("/api/x"))).tunnel()).isEqualTo(1);
  }

  @Test
  void pathThatCanBeNoneIsRefused() {
    assertThat(ask(ann, 1, "/a/../b", false))
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.INVALID));
  }

  @Test
  void portIsSharedWithNobody() {
    ann.say(new OpenTunnel(1, TunnelKind.TCP, "key", null, 120, null, true, null));

    assertThat(ann.heard.remove())
        .isInstanceOfSatisfying(
            TunnelRefused.class,
            refusal -> assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.INVALID));
  }
}

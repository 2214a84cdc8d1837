package dev.culvert.server.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.mux.control.ClientMessage.CloseTunnel;
import dev.culvert.mux.control.Secret;
import dev.culvert.mux.control.ServerMessage.TunnelOpened;
import dev.culvert.mux.control.ServerMessage.TunnelRefused;
import dev.culvert.mux.control.StreamOpen;
import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.mux.netty.StreamChannel;
import dev.culvert.server.route.FoundRoute;
import dev.culvert.server.route.Permissions;
import dev.culvert.server.route.Route;
import dev.culvert.server.token.Verification;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Future;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The limits of a token, which all of its clients share. */
final class AgentLimitsTest {
  private static final int NONE = Permissions.UNLIMITED;
  private static final Secret BOB = new Secret("b".repeat(32));

  @TempDir private Path state;

  /** The standard with limits. */
  private static Permissions limits(int tunnels, int streams, int streamsPerSecond) {
    Permissions standard = Permissions.STANDARD;
    return new Permissions(
        standard.kinds(),
        standard.names(),
        standard.domains(),
        true,
        standard.ports(),
        tunnels,
        streams,
        streamsPerSecond);
  }

  private AgentGround ground(int tunnels, int streams, int streamsPerSecond) throws Exception {
    return new AgentGround(state, limits(tunnels, streams, streamsPerSecond), Clock.systemUTC());
  }

  private static Future<StreamChannel> openStream(Route route) {
    return route
        .opener()
        .open(
            new StreamOpen(route.kind(), route.tunnel(), null, null),
            new ChannelInboundHandlerAdapter());
  }

  @Test
  void tunnelsOfAllClientsCountTogether() throws Exception {
    try (AgentGround ground = ground(2, NONE, NONE)) {
      TestClient ann = ground.connect(AgentGround.ANN);
      TestClient bob = ground.connect(BOB);
      assertThat(ann.openHttp(1, "a")).isInstanceOf(TunnelOpened.class);
      assertThat(bob.openHttp(1, "b")).isInstanceOf(TunnelOpened.class);

      assertThat(bob.openHttp(2, "c"))
          .isInstanceOfSatisfying(
              TunnelRefused.class,
              refusal -> {
                assertThat(refusal.code()).isEqualTo(TunnelRefusalCode.EXHAUSTED);
                assertThat(refusal.message()).contains("at most 2 tunnels");
              });

      ann.say(new CloseTunnel(1));
      assertThat(bob.openHttp(2, "c")).isInstanceOf(TunnelOpened.class);
      assertThat(ann.openHttp(1, "d")).isInstanceOf(TunnelRefused.class);
      bob.cut();
      assertThat(ann.openHttp(1, "d")).isInstanceOf(TunnelOpened.class);
      ann.cut();
    }
  }

  @Test
  void tunnelsBeyondALimitThatWasNarrowedEnd() throws Exception {
    try (AgentGround ground = ground(NONE, NONE, NONE)) {
      TestClient ann = ground.connect(AgentGround.ANN);
      TestClient bob = ground.connect(BOB);
      ann.openHttp(1, "a");
      ann.openHttp(2, "b");
      bob.openHttp(1, "c");
      bob.openTcp(2, 101);
      StreamChannel stream = openStream(ground.opened.getFirst()).getNow();
      Permissions standard = Permissions.STANDARD;

      ground.tokens.narrow(
          "laptop",
          new Permissions(
              Set.of(TunnelKind.HTTP),
              standard.names(),
              List.of(),
              true,
              List.of(),
              1,
              NONE,
              NONE));
      ground.verifier.reloadIfChanged();
      ann.drive();
      bob.drive();

      assertThat(ground.routes.size()).isOne();
      assertThat(List.of(ann.heard.size(), bob.heard.size()))
          .as("messages of lost tunnels")
          .satisfies(heard -> assertThat(heard.get(0) + heard.get(1)).isEqualTo(3));
      assertThat(stream.isOpen()).isEqualTo(FoundRoute.of(ground.routes, "a.localhost") != null);
      assertThat(bob.openHttp(3, "d")).isInstanceOf(TunnelRefused.class);
      ann.cut();
      bob.cut();
    }
  }

  @Test
  void numberOfATunnelThatIsLostMayBeGivenToAnother() throws Exception {
    try (AgentGround ground = ground(NONE, NONE, NONE)) {
      TestClient client = ground.connect(AgentGround.ANN);
      client.openTcp(1, 101);
      client.openTcp(2, 102);
      ground.whenStopped =
          () -> {
            ground.whenStopped = () -> {};
            client.say(new CloseTunnel(2));
            client.openHttp(2, "b");
          };
      Permissions standard = Permissions.STANDARD;

      ground.tokens.narrow(
          "laptop",
          new Permissions(
              Set.of(TunnelKind.HTTP),
              standard.names(),
              List.of(),
              true,
              List.of(),
              NONE,
              NONE,
              NONE));
      ground.verifier.reloadIfChanged();
      client.drive();

      Route route = requireNonNull(FoundRoute.of(ground.routes, "b.localhost"));
      assertThat(openStream(route).isSuccess()).isTrue();
      assertThat(client.heard).as("that tunnel 1 is lost").hasSize(1);
      client.cut();
    }
  }

  @Test
  void refusedTunnelDoesNotCount() throws Exception {
    try (AgentGround ground = ground(1, NONE, NONE)) {
      TestClient client = ground.connect(AgentGround.ANN);
      assertThat(client.openHttp(1, "www")).isInstanceOf(TunnelRefused.class);

      assertThat(client.openHttp(1, "a")).isInstanceOf(TunnelOpened.class);
      client.cut();
    }
  }

  @Test
  void streamsBeyondALimitThatWasNarrowedAreCut() throws Exception {
    try (AgentGround ground = ground(NONE, NONE, NONE)) {
      TestClient client = ground.connect(AgentGround.ANN);
      client.openHttp(1, "a");
      client.openHttp(2, "b");
      List<StreamChannel> streams = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        streams.add(openStream(ground.opened.getFirst()).getNow());
        streams.add(openStream(ground.opened.getLast()).getNow());
      }

      ground.tokens.narrow("laptop", limits(NONE, 2, NONE));
      ground.verifier.reloadIfChanged();
      client.drive();

      assertThat(streams.stream().filter(StreamChannel::isOpen)).hasSize(2);
      assertThat(ground.routes.size()).isEqualTo(2);
      client.cut();
    }
  }

  @Test
  void noMoreStreamsOfAllClientsAreCutThanALimitThatWasNarrowedAsksFor() throws Exception {
    try (AgentGround ground = ground(NONE, NONE, NONE)) {
      TestClient ann = ground.connect(AgentGround.ANN);
      TestClient bob = ground.connect(BOB);
      ann.openHttp(1, "a");
      bob.openHttp(1, "b");
      List<StreamChannel> streams = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        streams.add(openStream(ground.opened.getFirst()).getNow());
        streams.add(openStream(ground.opened.getLast()).getNow());
      }

      ground.tokens.narrow("laptop", limits(NONE, 2, NONE));
      ground.verifier.reloadIfChanged();
      ann.drive();
      bob.drive();

      assertThat(streams.stream().filter(StreamChannel::isOpen)).hasSize(2);
      ann.cut();
      bob.cut();
    }
  }

  @Test
  void streamsCountUntilTheyAreClosed() throws Exception {
    try (AgentGround ground = ground(NONE, 2, NONE)) {
      TestClient client = ground.connect(AgentGround.ANN);
      client.openHttp(1, "a");
      Route route = ground.opened.getFirst();
      StreamChannel first = openStream(route).getNow();
      assertThat(openStream(route).isSuccess()).isTrue();

      assertThat(openStream(route).cause()).hasMessageContaining("limit of 2 streams");
      first.close();
      client.drive();

      assertThat(openStream(route).isSuccess()).isTrue();
      client.cut();
    }
  }

  @Test
  void streamThatCouldNotBeOpenedDoesNotCount() throws Exception {
    try (AgentGround ground = ground(NONE, 1, NONE)) {
      TestClient client = ground.connect(AgentGround.ANN);
      client.openHttp(1, "a");
      Route route = ground.opened.getFirst();
      Verification.Accepted accepted =
          (Verification.Accepted)
              ground.verifier.verify(ground.token.text()).toCompletableFuture().join();
      EmbeddedChannel connection = new EmbeddedChannel();
      AgentSession joined =
          requireNonNull(
              ground.agents.admit(
                  accepted.grant(), ground.hello(AgentGround.ANN, client.session()), connection));
      client.cut();
      assertThat(openStream(route).cause()).hasMessageContaining("not ready");

      connection.pipeline().addLast(joined.mux());

      assertThat(openStream(route).isSuccess()).isTrue();
      connection.finishAndReleaseAll();
    }
  }

  @Test
  void streamsOfAnEndedClientCountNoLonger() throws Exception {
    try (AgentGround ground = ground(NONE, 1, NONE)) {
      TestClient ann = ground.connect(AgentGround.ANN);
      TestClient bob = ground.connect(BOB);
      ann.openHttp(1, "a");
      bob.openHttp(1, "b");
      assertThat(openStream(ground.opened.getFirst()).isSuccess()).isTrue();
      assertThat(openStream(ground.opened.getLast()).isSuccess()).isFalse();

      ann.cut();

      assertThat(openStream(ground.opened.getLast()).isSuccess()).isTrue();
      bob.cut();
    }
  }

  @Test
  void clientThatComesBackGetsNoNewAllowanceBeforeItsTime() throws Exception {
    try (AgentGround ground = ground(NONE, NONE, 2)) {
      TestClient before = ground.connect(AgentGround.ANN);
      before.openHttp(1, "a");
      assertThat(openStream(ground.opened.getLast()).isSuccess()).isTrue();
      assertThat(openStream(ground.opened.getLast()).isSuccess()).isTrue();
      before.cut();

      TestClient back = ground.connect(AgentGround.ANN);
      back.openHttp(1, "a");
      assertThat(openStream(ground.opened.getLast()).cause())
          .hasMessageContaining("2 streams a second");
      back.cut();
      ground.rateNanos.addAndGet(500_000_000L);

      TestClient later = ground.connect(AgentGround.ANN);
      later.openHttp(1, "a");
      assertThat(openStream(ground.opened.getLast()).isSuccess()).isTrue();
      assertThat(openStream(ground.opened.getLast()).isSuccess()).isFalse();
      later.cut();
    }
  }

  @Test
  void useThatHasRestedIsForgottenAndOneThatIsInUseNever() {
    AtomicLong nanos = new AtomicLong();
    TokenUses uses = new TokenUses(nanos::get);
    TokenUse kept = uses.enter("kept");
    uses.leave("left", uses.enter("left"));
    uses.leave("back", uses.enter("back"));
    TokenUse back = uses.enter("back");

    nanos.set(TokenUse.SECOND_NANOS - 1);
    uses.leave("other", uses.enter("other"));
    assertThat(uses.size()).isEqualTo(4);
    nanos.set(TokenUse.SECOND_NANOS);

    assertThat(uses.enter("kept")).isSameAs(kept);
    assertThat(uses.enter("back")).isSameAs(back);
    assertThat(uses.size()).as("without the one that left").isEqualTo(3);
  }

  @Test
  void noMoreStreamsBeginInASecondThanTheTokenAllows() {
    Permissions slow = limits(NONE, NONE, 4);
    TokenUse use = new TokenUse(0);
    long second = 1_000_000_000L;

    for (int i = 0; i < 4; i++) {
      assertThat(use.addStream(slow, 0)).isNull();
    }

    assertThat(use.addStream(slow, 0)).contains("4 streams a second");
    assertThat(use.addStream(slow, second / 4 - 1)).isNotNull();
    assertThat(use.addStream(slow, second / 4)).isNull();
    assertThat(use.addStream(slow, second / 4)).isNotNull();
    for (int i = 0; i < 4; i++) {
      assertThat(use.addStream(slow, 9 * second)).as("after a rest").isNull();
    }
    assertThat(use.addStream(slow, 9 * second)).isNotNull();
  }
}

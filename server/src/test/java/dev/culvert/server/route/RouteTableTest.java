package dev.culvert.server.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.mux.control.TunnelKind;
import dev.culvert.mux.control.TunnelRefusalCode;
import dev.culvert.server.route.RouteTable.Request;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets which name or port, and who is told that it is another's. */
final class RouteTableTest {
  private static final Duration HOLD = Duration.ofHours(1);

  private final HandClock clock = new HandClock();
  @TempDir private Path directory;
  private RouteTable table;

  @BeforeEach
  void open() throws Exception {
    table = reopened();
  }

  private RouteTable reopened() throws IOException {
    return RouteTable.open(
        "Example.COM", new PortRange(100, 102), directory.resolve("leases.json"), HOLD, clock);
  }

  private static Request http(String holder, String key, @Nullable String name) {
    return new Request(TunnelKind.HTTP, holder, Permissions.STANDARD, key, name, false, 0);
  }

  private static Request tcp(String holder, String key, int port) {
    return new Request(TunnelKind.TCP, holder, Permissions.STANDARD, key, null, false, port);
  }

  private Route openRoute(Request request) throws RouteRefusedException {
    return table.open(
        request,
        address ->
            request.kind() == TunnelKind.HTTP
                ? new Route(TunnelKind.HTTP, address, 0, 1, request.holder(), noStreams())
                : new Route(
                    TunnelKind.TCP,
                    "",
                    Integer.parseInt(address),
                    1,
                    request.holder(),
                    noStreams()));
  }

  private static StreamOpener noStreams() {
    return (preamble, initializer) ->
        GlobalEventExecutor.INSTANCE.newFailedFuture(new IOException("no streams here"));
  }

  @Test
  void lookingForANameDoesNotWaitForTheFile() throws Exception {
    openRoute(http("ann", "key", "calm"));
    RouteTable locked = table;
    Thread saving = new Thread(locked::save);

    synchronized (locked) {
      saving.start();
      saving.join(20_000);
    }

    assertThat(directory.resolve("leases.json")).exists();
  }

  private void assertRefused(Request request, TunnelRefusalCode code) {
    assertThat(catchThrowableOfType(RouteRefusedException.class, () -> openRoute(request)).code())
        .isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"app.example.com", "APP.EXAMPLE.com", "app.example.com.", "app.example.com:80"})
  void hostFindsItsRoute(String host) throws Exception {
    Route route = openRoute(http("ann", "key", "app"));

    assertThat(FoundRoute.of(table, host)).isSameAs(route);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ".",
        "app",
        "example.com",
        ".example.com",
        "b.app.example.com",
        "appxexample.com",
        "app.example.com.evil",
        "tcp/100.example.com",
        "app.example.com..",
        "[::1]"
      })
  void otherHostsFindNothing(String host) throws Exception {
    openRoute(http("ann", "key", "app"));
    openRoute(tcp("ann", "port", 100));

    assertThat(FoundRoute.of(table, host)).isNull();
  }

  @Test
  void nameInUseIsRefusedToEverybody() throws Exception {
    openRoute(http("ann", "key", "app"));

    assertRefused(http("bob", "key", "app"), TunnelRefusalCode.TAKEN);
    assertRefused(http("ann", "key", "APP"), TunnelRefusalCode.TAKEN);
  }

  @Test
  void heldNameIsItsHoldersUntilItsTimeIsOver() throws Exception {
    table.close(openRoute(http("ann", "key", "app")));
    assertThat(FoundRoute.of(table, "app.example.com")).isNull();
    assertRefused(http("bob", "key", "app"), TunnelRefusalCode.TAKEN);
    table.close(openRoute(http("ann", "another key", "app")));

    clock.advance(HOLD);

    assertThat(openRoute(http("bob", "key", "app")).name()).isEqualTo("app");
    assertRefused(http("ann", "key", "app"), TunnelRefusalCode.TAKEN);
  }

  @Test
  void clientThatAsksForNoNameGetsItsOwnAgain() throws Exception {
    Route first = openRoute(http("ann", "key", null));
    Route second = openRoute(http("ann", "key", null));
    assertThat(second.name()).isNotEqualTo(first.name());
    table.close(first);
    table.close(second);
    assertThat(openRoute(http("bob", "key", null)).name()).isNotIn(first.name(), second.name());

    assertThat(openRoute(http("ann", "key", null)).name()).isEqualTo(first.name());
    assertThat(openRoute(http("ann", "key", null)).name()).isEqualTo(second.name());
  }

  @Test
  void namesSurviveARestart() throws Exception {
    Route first = openRoute(http("ann", "key", null));
    Route second = openRoute(http("ann", "key", null));
    table.save();

    table = reopened();

    assertThat(FoundRoute.of(table, first.name() + ".example.com")).isNull();
    assertRefused(http("bob", "key", second.name()), TunnelRefusalCode.TAKEN);
    assertThat(openRoute(http("ann", "key", null)).name()).isEqualTo(first.name());
    assertThat(openRoute(http("ann", "key", null)).name()).isEqualTo(second.name());
  }

  @Test
  void nameAndPortOfOneKeyAreNotConfused() throws Exception {
    table.close(openRoute(http("ann", "key", "app")));

    Route port = openRoute(tcp("ann", "key", 0));
    table.close(port);

    assertThat(port.port()).isBetween(100, 102);
    assertThat(openRoute(http("ann", "key", null)).name()).isEqualTo("app");
    assertThat(openRoute(tcp("ann", "key", 0)).port()).isEqualTo(port.port());
  }

  @Test
  void portsAreGivenUntilAllAreTakenOrHeld() throws Exception {
    Route first = openRoute(tcp("ann", "1", 0));
    openRoute(tcp("ann", "2", 0));
    openRoute(tcp("ann", "3", 0));
    table.close(first);
    assertRefused(tcp("bob", "1", 0), TunnelRefusalCode.EXHAUSTED);

    clock.advance(HOLD);

    assertThat(openRoute(tcp("bob", "1", 0)).port()).isEqualTo(first.port());
  }

  @Test
  void portOutsideTheRangeIsRefused() {
    assertRefused(tcp("ann", "key", 99), TunnelRefusalCode.INVALID);
    assertRefused(tcp("ann", "key", 103), TunnelRefusalCode.INVALID);
  }

  @Test
  void reservedNameIsRefused() {
    assertRefused(http("ann", "key", "www"), TunnelRefusalCode.INVALID);
  }

  @Test
  void routeThatWasClosedDoesNotCloseItsSuccessor() throws Exception {
    Route first = openRoute(http("ann", "key", "app"));
    table.close(first);
    Route second = openRoute(http("ann", "key", "app"));

    table.close(first);

    assertThat(FoundRoute.of(table, "app.example.com")).isSameAs(second);
    assertRefused(http("bob", "key", "app"), TunnelRefusalCode.TAKEN);
  }

  @Test
  void routeThatCannotBeMadeTakesNoName() throws Exception {
    IllegalStateException failure = new IllegalStateException("not made");

    assertThat(
            catchThrowableOfType(
                IllegalStateException.class,
                () ->
                    table.open(
                        http("ann", "key", "app"),
                        name -> {
                          throw failure;
                        })))
        .isSameAs(failure);

    assertThat(openRoute(http("bob", "key", "app")).name()).isEqualTo("app");
  }
}

package dev.culvert.server.visitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections an address may have: two here. */
final class AddressLimitTest {
  private final List<VisitorChannel> all = new ArrayList<>();
  private final Doorway doorway =
      new Doorway(Networks.of(List.of("10.0.0.0/8")), Networks.of(List.of("203.0.113.0/24")), 2);

  @AfterEach
  void close() {
    all.forEach(VisitorChannel::leave);
  }

  private VisitorChannel visit(String address) {
    VisitorChannel channel = new VisitorChannel(address).enter(doorway);
    all.add(channel);
    return channel;
  }

  private VisitorChannel visitOver(String balancer, String header) {
    VisitorChannel channel = visit(balancer);
    channel.bring(header);
    return channel;
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7, 192.0.2.8",
    "2001:db8:1:2::1, 2001:db8:1:2:ffff::1, 2001:db8:1:3::1",
    "192.0.2.7, ::ffff:192.0.2.7, 192.0.2.8"
  })
  void thirdConnectionOfAnAddressOrNetworkIsClosedAndNoOther(
      String one, String same, String another) {
    VisitorChannel first = visit(one);
    VisitorChannel second = visit(same);

    VisitorChannel third = visit(one);

    assertThat(first.isAccepted() && second.isAccepted()).isTrue();
    assertThat(third.isAccepted()).isFalse();
    assertThat(third.isOpen()).isFalse();
    assertThat(visit(another).isAccepted()).isTrue();
  }

  @Test
  void placeIsFreeAgainWhenAConnectionHasEnded() {
    VisitorChannel first = visit("192.0.2.7");
    visit("192.0.2.7");
    assertThat(visit("192.0.2.7").isAccepted()).isFalse();

    first.leave();

    assertThat(visit("192.0.2.7").isAccepted()).isTrue();
  }

  @Test
  void connectionThatIsNoVisitorsLeavesItsPlace() {
    VisitorChannel first = visit("192.0.2.7");
    visit("192.0.2.7");

    doorway.leave(first);

    assertThat(first.isOpen()).isTrue();
    assertThat(visit("192.0.2.7").isAccepted()).isTrue();
  }

  @Test
  void visitorsBehindABalancerAreCountedByTheirOwnAddresses() {
    String header = "PROXY TCP4 192.0.2.7 198.51.100.1 1000 443\r\n";
    visitOver("10.0.0.1", header);
    visitOver("10.0.0.2", header);

    VisitorChannel third = visitOver("10.0.0.1", header);
    VisitorChannel other = visitOver("10.0.0.1", header.replace("192.0.2.7", "192.0.2.8"));

    assertThat(third.isAccepted()).isFalse();
    assertThat(third.isOpen()).isFalse();
    assertThat(other.isAccepted()).isTrue();
    assertThat(visit("192.0.2.7").isAccepted()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"203.0.113.9", "127.0.0.1", "::1"})
  void trustedProxiesAndTheMachineItselfAreNotLimited(String address) {
    for (int i = 0; i < 20; i++) {
      assertThat(visit(address).isAccepted()).isTrue();
    }
  }

  @Test
  void connectionsThatABalancerOpensForItselfAreNotLimited() {
    for (int i = 0; i < 20; i++) {
      assertThat(visitOver("10.0.0.1", "PROXY UNKNOWN\r\n").isAccepted()).isTrue();
    }
  }

  @Test
  void addressWithoutConnectionsTakesNoMemory() {
    AddressLimit limit = new AddressLimit(1, Networks.NONE);
    for (int i = 0; i < 100; i++) {
      VisitorChannel channel = new VisitorChannel("192.0.2." + i);
      channel.pipeline().addLast(limit);
      channel.leave();
    }

    assertThat(limit.origins()).isZero();
  }
}

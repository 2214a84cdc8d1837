package dev.culvert.mux.netty;

import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Two legs that a relay may join, their users, and the relay's end. */
final class JoinedLegs {
  final UsedLeg left;
  final UsedLeg right;
  final CompletableFuture<RelayEnd> end = new CompletableFuture<>();
  private final AtomicInteger ends = new AtomicInteger();

  JoinedLegs(UsedLeg left, UsedLeg right) {
    this.left = left;
    this.right = right;
  }

  JoinedLegs(RelayGround ground) throws Exception {
    this(ground.left(), ground.right());
  }

  JoinedLegs join() {
    return join(RelayLeg.of(left.channel()), RelayLeg.of(right.channel()));
  }

  JoinedLegs join(RelayLeg leftLeg, RelayLeg rightLeg) {
    Relay.join(
        leftLeg,
        rightLeg,
        relayEnd -> {
          ends.incrementAndGet();
          end.complete(relayEnd);
        });
    return this;
  }

  /** How often the relay said that it had ended, once both legs have been closed. */
  int ends() throws Exception {
    for (DuplexChannel leg : new DuplexChannel[] {left.channel(), right.channel()}) {
      Patience.await(leg.closeFuture());
    }
    for (DuplexChannel leg : new DuplexChannel[] {left.channel(), right.channel()}) {
      Patience.ask(leg.eventLoop(), () -> 0);
    }
    return ends.get();
  }
}

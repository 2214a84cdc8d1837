package dev.culvert.mux.netty;

import dev.culvert.mux.socket.Transport;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a relay is tested on: the left leg's kind, the right one being a socket, and their loops.
 */
record RelaySetup(Transport transport, LegKind left, Loops loops) {
  static Stream<RelaySetup> all() {
    return Arrays.stream(Transport.values())
        .filter(transport -> transport.unavailability() == null)
        .flatMap(transport ->
            Stream.of(LegKind.values())
                .flatMap(left ->
                    Stream.of(Loops.values())
                        .map(loops -> new RelaySetup(transport, left, loops))));
  }

  static List<RelaySetup> onOneLoop() {
    return all().filter(setup -> setup.loops == Loops.ONE).toList();
  }
}

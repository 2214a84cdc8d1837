package dev.culvert.bench.interop;

import dev.culvert.mux.Role;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** With whom a session is held, the role of our end, and what the bytes travel in. */
record Setup(PeerLibrary library, Role role, Wrapping wrapping) {
  static Stream<Setup> all() {
    return Arrays.stream(PeerLibrary.values())
        .flatMap(library ->
            Stream.of(
                new Setup(library, Role.CLIENT, Wrapping.PLAIN),
                new Setup(library, Role.SERVER, Wrapping.TLS)));
  }

  /** A session, where the peer can be built. */
  PeerSession start(Path state) throws Exception {
    library.require();
    return new PeerSession(library, role, wrapping, state);
  }
}

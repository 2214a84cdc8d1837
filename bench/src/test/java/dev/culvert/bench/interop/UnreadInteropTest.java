package dev.culvert.bench.interop;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Streams that sit idle for 80 s with bytes in them that nobody reads. The time has passed already
 * where other tests have run since the first one of the package, so this one is the last of all.
 */
@Order(Integer.MAX_VALUE)
@ExtendWith(UnreadSessions.class)
@Timeout(180)
final class UnreadInteropTest {
  @ParameterizedTest
  @EnumSource
  void streamsThatNobodyReadGoOn(PeerLibrary library, UnreadSessions.Sessions sessions)
      throws Exception {
    library.require();

    sessions.with(library).assertThatTheyGoOn();
  }
}

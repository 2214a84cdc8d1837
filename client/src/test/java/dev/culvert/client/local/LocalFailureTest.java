package dev.culvert.client.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.client.local.LocalTarget.Scheme;
import dev.culvert.mux.control.StreamStatus;
import java.net.ConnectException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalFailureTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finishConnect(..) failed with error(-111): Connection refused: h/10.0.0.1:7"
            + "|REFUSED|h:7 refused the connection",
        "recvAddress(..) failed with error(-104): Connection reset by peer"
            + "|UNREACHABLE|h:7 reset the connection",
        "finishConnect(..) failed with error(-113): No route to host: h/10.0.0.1:7"
            + "|UNREACHABLE|h:7 cannot be reached: there is no route to it",
        "finishConnect(..) failed with error(-101): Network is unreachable: h/10.0.0.1:7"
            + "|UNREACHABLE|h:7 cannot be reached: its network is unreachable",
        "finishConnect(..) failed with error(-110): Connection timed out: h/10.0.0.1:7"
            + "|TIMED_OUT|h:7 did not answer in time",
        "the host h is not known|UNREACHABLE|h:7 cannot be reached: the host h is not known",
        "socket(..) failed with error(-24): Too many open files"
            + "|UNREACHABLE|h:7 cannot be reached: the connection failed",
      })
  void visitorsReadNoSystemCallsAndNoAddressesButTheTargets(
      String message, StreamStatus.Code code, String text) {
    LocalTarget target = new LocalTarget(Scheme.HTTP, "h", 7);

    assertThat(LocalFailure.status(target, new ConnectException(message)))
        .isEqualTo(new StreamStatus(code, text));
  }
}

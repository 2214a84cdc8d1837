package dev.culvert.bench.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.culvert.client.TunnelSpec;
import dev.culvert.client.local.LocalTarget;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** grpc-java through the tunnel to grpc-java, each with a Netty of its own. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
final class GrpcTunnelTest {
  private static final int PATIENCE_SECONDS = 20;

  @TempDir private Path state;
  private Tunnel tunnel;
  private GrpcService service;
  private Client client;
  private ManagedChannel caller;

  @BeforeEach
  void start() throws Exception {
    tunnel = Tunnel.start(state);
    service = GrpcService.start();
    LocalTarget target = new LocalTarget(LocalTarget.Scheme.H2C, "127.0.0.1", service.port());
    client = tunnel.connect(TunnelSpec.http(target));
    InetSocketAddress https = tunnel.server().httpsAddress();
    caller =
        NettyChannelBuilder.forAddress(https)
            .overrideAuthority(client.https().getAuthority())
            .sslContext(
                GrpcSslContexts.forClient()
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .build())
            .maxInboundMessageSize(GrpcService.MAX_MESSAGE_BYTES)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    caller.shutdownNow();
    caller.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    tunnel.close();
    service.close();
  }

  private byte[] unary(MethodDescriptor<byte[], byte[]> method, byte[] message) {
    return ClientCalls.blockingUnaryCall(caller, method, CallOptions.DEFAULT, message);
  }

  private StatusRuntimeException failure(
      MethodDescriptor<byte[], byte[]> method, byte[] message, CallOptions options) {
    return catchThrowableOfType(
        StatusRuntimeException.class,
        () -> ClientCalls.blockingUnaryCall(caller, method, options, message));
  }

  private String nextEvent() throws InterruptedException {
    return service.events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static byte[] random(int bytes) {
    byte[] random = new byte[bytes];
    new Random(7).nextBytes(random);
    return random;
  }

  @Test
  void oneMessageIsAnsweredWithOne() {
    for (int i = 0; i < 50; i++) {
      byte[] message = random(1 + i * 100);

      assertThat(unary(GrpcService.ECHO, message)).isEqualTo(message);
    }
  }

  @Test
  void oneMessageIsAnsweredWithMany() {
    byte[] message = random(1000);

    Iterator<byte[]> answers =
        ClientCalls.blockingServerStreamingCall(
            caller, GrpcService.SPLIT, CallOptions.DEFAULT, message);

    for (byte one : message) {
      assertThat(answers.next()).containsExactly(one);
    }
    assertThat(answers.hasNext()).isFalse();
  }

  @Test
  void manyMessagesAreAnsweredWithOne() throws Exception {
    Answers answers = new Answers();
    StreamObserver<byte[]> call =
        ClientCalls.asyncClientStreamingCall(GrpcService.call(caller, GrpcService.COUNT), answers);

    for (int i = 0; i < 100; i++) {
      call.onNext(random(1000));
    }
    call.onCompleted();

    assertThat(answers.next()).isEqualTo("100000".getBytes(StandardCharsets.UTF_8));
    assertThat(answers.awaitEnd()).isEqualTo(Status.OK);
  }

  @Test
  void messagesGoBothWaysAtOnce() throws Exception {
    Answers answers = new Answers();
    StreamObserver<byte[]> call =
        ClientCalls.asyncBidiStreamingCall(GrpcService.call(caller, GrpcService.CHAT), answers);

    for (int i = 0; i < 100; i++) {
      byte[] message = random(i * 10);
      call.onNext(message);
      assertThat(answers.next()).isEqualTo(message); // before the next one is sent
    }
    call.onCompleted();

    assertThat(answers.awaitEnd()).isEqualTo(Status.OK);
  }

  @Test
  void callsAtOnceDoNotWaitForEachOther() throws Exception {
    Answers[] all = new Answers[40];
    for (int i = 0; i < all.length; i++) {
      all[i] = new Answers();
      StreamObserver<byte[]> quiet =
          ClientCalls.asyncBidiStreamingCall(GrpcService.call(caller, GrpcService.CHAT), all[i]);
      quiet.onNext(new byte[] {(byte) i});
    }

    for (int i = 0; i < all.length; i++) {
      assertThat(all[i].next()).containsExactly((byte) i); // and all of the calls stay open
    }
    assertThat(unary(GrpcService.ECHO, new byte[] {1})).containsExactly((byte) 1);
  }

  @Test
  void longMessagesArriveWholeEitherWay() {
    byte[] message = random(16_000_000);

    assertThat(Arrays.equals(unary(GrpcService.ECHO, message), message)).isTrue();
  }

  @Test
  void metadataPassesBothWays() throws Exception {
    Metadata head = new Metadata();
    head.put(GrpcService.WORD, "head");
    head.put(GrpcService.BYTES, new byte[] {0, 1, -1});

    byte[] answer =
        ClientCalls.blockingUnaryCall(
            ClientInterceptors.intercept(caller, MetadataUtils.newAttachHeadersInterceptor(head)),
            GrpcService.ECHO,
            CallOptions.DEFAULT,
            new byte[0]);

    assertThat(answer).isEmpty();
    Metadata seen = service.heads.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(seen.get(GrpcService.WORD)).isEqualTo("head");
    assertThat(seen.get(GrpcService.BYTES)).containsExactly(0, 1, -1);
    assertThat(seen.get(Metadata.Key.of("x-forwarded-for", Metadata.ASCII_STRING_MARSHALLER)))
        .isEqualTo("127.0.0.1");
  }

  @Test
  void failuresComeWithTheirTrailers() {
    StatusRuntimeException failure =
        failure(
            GrpcService.FAIL, "no häring".getBytes(StandardCharsets.UTF_8), CallOptions.DEFAULT);

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(failure.getStatus().getDescription()).isEqualTo("no häring");
    Metadata trailers = Objects.requireNonNull(failure.getTrailers());
    assertThat(trailers.get(GrpcService.WORD)).isEqualTo("trailer");
    assertThat(trailers.get(GrpcService.BYTES))
        .isEqualTo("no häring".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void deadlineIsKnownToTheServiceAndEndsTheCallAtBothEnds() throws Exception {
    StatusRuntimeException failure =
        failure(
            GrpcService.HANG,
            new byte[1],
            CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(nextEvent()).isEqualTo("called with a deadline");
    assertThat(nextEvent()).isEqualTo("cancelled");
  }

  @Test
  void callerThatGivesUpIsHeardByTheService() throws Exception {
    Answers answers = new Answers();
    var call = GrpcService.call(caller, GrpcService.HANG);
    ClientCalls.asyncUnaryCall(call, new byte[1], answers);
    assertThat(nextEvent()).isEqualTo("called");

    call.cancel("enough", null);

    assertThat(nextEvent()).isEqualTo("cancelled");
    assertThat(unary(GrpcService.ECHO, new byte[] {1})).containsExactly((byte) 1);
  }

  @Test
  void callerThatIsGoneIsHeardByTheService() throws Exception {
    ClientCalls.asyncUnaryCall(
        GrpcService.call(caller, GrpcService.HANG), new byte[1], new Answers());
    assertThat(nextEvent()).isEqualTo("called");

    caller.shutdownNow();

    assertThat(nextEvent()).isEqualTo("cancelled");
  }

  @Test
  void serviceThatStopsCutsItsCallsAndIsUnavailable() throws Exception {
    Answers answers = new Answers();
    ClientCalls.asyncUnaryCall(GrpcService.call(caller, GrpcService.HANG), new byte[1], answers);
    assertThat(nextEvent()).isEqualTo("called");

    service.stop();

    assertThat(answers.awaitEnd().isOk()).isFalse();
    assertThat(failure(GrpcService.ECHO, new byte[1], CallOptions.DEFAULT).getStatus().getCode())
        .isEqualTo(Status.Code.UNAVAILABLE);
  }

  @Test
  void callGoesOnWhileItsServiceDrains() throws Exception {
    Answers answers = new Answers();
    StreamObserver<byte[]> call =
        ClientCalls.asyncBidiStreamingCall(GrpcService.call(caller, GrpcService.CHAT), answers);
    call.onNext(new byte[] {1});
    assertThat(answers.next()).containsExactly((byte) 1);

    Thread draining =
        Thread.ofVirtual()
            .start(() -> {
              try {
                service.drain();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < 20; i++) {
      call.onNext(new byte[] {2});
      assertThat(answers.next()).containsExactly((byte) 2);
    }
    call.onCompleted();

    assertThat(answers.awaitEnd()).isEqualTo(Status.OK);
    assertThat(draining.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))).isTrue();
  }

  /** What a call is answered with, in order. */
  private static final class Answers implements StreamObserver<byte[]> {
    private final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();

    @Override
    public void onNext(byte[] message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable cause) {
      end.add(Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
      end.add(Status.OK);
    }

    byte[] next() throws InterruptedException {
      return messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    Status awaitEnd() throws InterruptedException {
      return end.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}

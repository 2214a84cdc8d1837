package dev.culvert.bench.e2e;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A gRPC service on loopback, without TLS, whose messages are bytes. */
final class GrpcService implements AutoCloseable {
  static final int MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

  static final Metadata.Key<String> WORD =
      Metadata.Key.of("word", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<byte[]> BYTES =
      Metadata.Key.of("some-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /** Answers with the message. */
  static final MethodDescriptor<byte[], byte[]> ECHO = method("Echo", MethodType.UNARY);

  /** Answers with each byte as a message of its own. */
  static final MethodDescriptor<byte[], byte[]> SPLIT =
      method("Split", MethodType.SERVER_STREAMING);

  /** Answers with the count of all bytes, as a decimal, when the caller is done. */
  static final MethodDescriptor<byte[], byte[]> COUNT =
      method("Count", MethodType.CLIENT_STREAMING);

  /** Answers each message with itself, at once. */
  static final MethodDescriptor<byte[], byte[]> CHAT = method("Chat", MethodType.BIDI_STREAMING);

  /** Fails with the message as its description, and trailers. */
  static final MethodDescriptor<byte[], byte[]> FAIL = method("Fail", MethodType.UNARY);

  /** Never answers. */
  static final MethodDescriptor<byte[], byte[]> HANG = method("Hang", MethodType.UNARY);

  /** What became of calls: {@code hang from NANOS}, {@code hang cancelled}. */
  final BlockingQueue<String> events = new LinkedBlockingQueue<>();

  /** The metadata of the calls as they came. */
  final BlockingQueue<Metadata> heads = new LinkedBlockingQueue<>();

  private final Server server;

  private GrpcService(int port) throws IOException {
    ServerServiceDefinition calls =
        ServerServiceDefinition.builder("test.Service")
            .addMethod(ECHO, ServerCalls.asyncUnaryCall(GrpcService::echo))
            .addMethod(SPLIT, ServerCalls.asyncServerStreamingCall(GrpcService::split))
            .addMethod(COUNT, ServerCalls.asyncClientStreamingCall(GrpcService::count))
            .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(GrpcService::chat))
            .addMethod(FAIL, ServerCalls.asyncUnaryCall(GrpcService::fail))
            .addMethod(HANG, ServerCalls.asyncUnaryCall(this::hang))
            .build();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .addService(ServerInterceptors.intercept(calls, new Heads()))
            .build()
            .start();
  }

  static GrpcService start() throws IOException {
    return new GrpcService(0);
  }

  int port() {
    return server.getPort();
  }

  /** Lets calls end and takes no others: tells connections to go away. */
  void drain() throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(20, TimeUnit.SECONDS)) {
      throw new AssertionError("calls did not end");
    }
  }

  /** Cuts all calls. */
  void stop() {
    server.shutdownNow();
  }

  static ClientCall<byte[], byte[]> call(Channel channel, MethodDescriptor<byte[], byte[]> method) {
    return channel.newCall(method, CallOptions.DEFAULT);
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  private static void echo(byte[] message, StreamObserver<byte[]> answers) {
    answers.onNext(message);
    answers.onCompleted();
  }

  private static void split(byte[] message, StreamObserver<byte[]> answers) {
    for (byte one : message) {
      answers.onNext(new byte[] {one});
    }
    answers.onCompleted();
  }

  private static StreamObserver<byte[]> count(StreamObserver<byte[]> answers) {
    return new StreamObserver<>() {
      private long bytes;

      @Override
      public void onNext(byte[] message) {
        bytes += message.length;
      }

      @Override
      public void onError(Throwable cause) {
        // The caller has left.
      }

      @Override
      public void onCompleted() {
        answers.onNext(Long.toString(bytes).getBytes(StandardCharsets.UTF_8));
        answers.onCompleted();
      }
    };
  }

  private static StreamObserver<byte[]> chat(StreamObserver<byte[]> answers) {
    return new StreamObserver<>() {
      @Override
      public void onNext(byte[] message) {
        answers.onNext(message);
      }

      @Override
      public void onError(Throwable cause) {
        // The caller has left.
      }

      @Override
      public void onCompleted() {
        answers.onCompleted();
      }
    };
  }

  private static void fail(byte[] message, StreamObserver<byte[]> answers) {
    Metadata trailers = new Metadata();
    trailers.put(WORD, "trailer");
    trailers.put(BYTES, message);
    answers.onError(
        Status.FAILED_PRECONDITION
            .withDescription(new String(message, StandardCharsets.UTF_8))
            .asRuntimeException(trailers));
  }

  private void hang(byte[] message, StreamObserver<byte[]> answers) {
    ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> events.add("cancelled"));
    events.add(Context.current().getDeadline() == null ? "called" : "called with a deadline");
  }

  private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Service", name))
        .setRequestMarshaller(Bytes.MARSHALLER)
        .setResponseMarshaller(Bytes.MARSHALLER)
        .build();
  }

  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    MARSHALLER;

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream message) {
      try {
        return message.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final class Heads implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata head, ServerCallHandler<Q, A> next) {
      heads.add(head);
      return next.startCall(call, head);
    }
  }
}

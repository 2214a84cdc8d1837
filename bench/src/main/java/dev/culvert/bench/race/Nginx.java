package dev.culvert.bench.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The origin of requests: one nginx worker that serves the page. */
final class Nginx {
  private Nginx() {}

  /** Starts it, until {@code ground} is closed, and returns its port. */
  static int start(Ground ground) throws IOException, InterruptedException {
    int port = Ports.free();
    Path root = Files.createDirectory(ground.file("www"));
    Files.writeString(root.resolve(Page.PATH.substring(1)), Page.TEXT);
    String user = System.getProperty("user.name", "").equals("root") ? "user root;" : "";
    Path config =
        ground.write(
            "nginx.conf",
            """
            %1$s
            daemon off;
            worker_processes 1;
            pid %2$s/nginx.pid;
            error_log stderr error;
            events { worker_connections 8192; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 10m;
              client_body_temp_path %2$s/t1;
              proxy_temp_path %2$s/t2;
              fastcgi_temp_path %2$s/t3;
              uwsgi_temp_path %2$s/t4;
              scgi_temp_path %2$s/t5;
              server { listen 127.0.0.1:%3$d backlog=4096; root %2$s/www; }
            }
            """
                .formatted(user, ground.file(""), port));
    ground
        .start(
            Map.of(),
            Programs.path("nginx"),
            "-e",
            "stderr",
            "-p",
            ground.file("").toString(),
            "-c",
            config.toString())
        .awaitListening(port);
    return port;
  }
}

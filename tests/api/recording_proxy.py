"""A proxy on loopback between the real programs and the node, which keeps what they send: read passes, tickets, bundles,
cosignatures, uploads. So tests have credentials and bodies that the real client made, without its keys.
`alter(path, body)` changes what the node answered with 200, or takes its time."""
import http.client
import http.server
import threading


class RecordingProxy:
    def __init__(self, node_port, alter=None):
        self.node_port, self.alter = node_port, alter
        self.sent = []  # (method, path with query, Authorization, body, status of the answer)
        proxy = self

        class Relay(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def relay(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                node = http.client.HTTPConnection("127.0.0.1", proxy.node_port, timeout=60)
                passed_on = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
                node.request(self.command, self.path, body or None, passed_on)
                answer = node.getresponse()
                answered = answer.read()
                if proxy.alter and answer.status == 200:
                    answered = proxy.alter(self.path, answered)
                proxy.sent.append((self.command, self.path, self.headers.get("Authorization", ""), body, answer.status))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() not in ("connection", "content-length"):
                        self.send_header(name, value)
                if answer.status not in (204, 304):
                    self.send_header("Content-Length", str(len(answered)))
                self.end_headers()
                try:
                    self.wfile.write(answered)
                except OSError:
                    pass  # who asked was killed
                node.close()

            do_GET = do_POST = do_PUT = relay

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Relay)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

"""AWS as far as deploy tools use it, on loopback: a proxy ends TLS for *.amazonaws.com, notes who signed, asks moto."""
import datetime
import http.client
import http.server
import json
import os
import re
import socketserver
import ssl
import subprocess
import threading

from harness import clean_environment, end_with_us, wait_until

SIGNER = re.compile(r"Credential=([A-Z0-9]+)/")  # Signature Version 4
OLD_SIGNER = re.compile(r"^AWS ([A-Z0-9]+):")  # S3's of before
IN_QUERY = re.compile(r"[?&](?:X-Amz-Credential|AWSAccessKeyId)=([A-Z0-9]+)")
HOP_BY_HOP = {"connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade",
              "content-length"}


class Call:
    """One request to AWS."""

    def __init__(self, host, method, path, headers, body):
        self.host, self.method, self.path, self.headers, self.body = host, method, path, headers, body
        self.time = datetime.datetime.now(datetime.timezone.utc)
        authorization = headers.get("Authorization", "")
        found = SIGNER.search(authorization) or OLD_SIGNER.search(authorization) or IN_QUERY.search(path)
        self.access_key = found[1] if found else None
        self.session_token = headers.get("X-Amz-Security-Token")

    @property
    def action(self):
        """`CreateStack`, or `PUT /key` where the service has no action's name."""
        named = re.search(rb"(?:^|&)Action=(\w+)", self.body)
        target = self.headers.get("X-Amz-Target", "")
        if named:
            return named[1].decode()
        return target.rpartition(".")[2] or f"{self.method} {self.path.partition('?')[0]}"

    def __repr__(self):
        return f"{self.host} {self.action} by {self.access_key}"


class Moto:
    """moto_server on a port of its own."""

    def __init__(self, program, folder):
        log = folder / "moto.log"
        with open(log, "wb") as out:
            surroundings = clean_environment(HOME=str(folder), AWS_ACCESS_KEY_ID="moto", AWS_SECRET_ACCESS_KEY="moto")
            self.process = subprocess.Popen([str(program), "-H", "127.0.0.1", "-p", "0"], env=surroundings,
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=end_with_us)

        def announced():
            if self.process.poll() is not None:
                raise AssertionError(f"moto_server ended: {log.read_text()[-2000:]}")
            return re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())

        self.port = int(wait_until("moto_server", announced)[1])
        # Without Docker a function is not run; its invocation is answered all the same.
        self.ask("POST", "/moto-api/config", json.dumps({"lambda": {"use_docker": False}}))

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in (headers or {"Host": "127.0.0.1"}).items():
                connection.putheader(name, value)
            body = body.encode() if isinstance(body, str) else body or b""
            connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def reset(self):
        self.ask("POST", "/moto-api/reset")

    def stop(self):
        self.process.kill()
        self.process.wait()


def refusal(host):
    """What AWS says to keys that have ended, as S3 and the query services say it."""
    if ".s3." in host or host.startswith("s3."):
        return b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
    return (b"<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
            b"<Message>The security token included in the request is expired</Message></Error></ErrorResponse>")


class AwsStandIn:
    """`proxy_url` is for HTTPS_PROXY; `authority`'s CA is to be trusted. `calls` are what was asked of AWS, `strangers`
    hosts that are not AWS's; a key that is in `ends` is refused from that time on."""

    REGION = "us-east-1"

    def __init__(self, authority, moto):
        self.moto, self.calls, self.strangers, self.ends = moto, [], [], {}
        regional = f"{self.REGION}.amazonaws.com"
        certificate, key = authority.issue("amazonaws", [
            "*.amazonaws.com", f"*.{regional}", "*.s3.amazonaws.com", f"*.s3.{regional}", f"api.ecr.{regional}",
            "*.eu-west-1.amazonaws.com"])
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate, key)
        stand_in = self

        class door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def do_CONNECT(self):
                host = self.path.rpartition(":")[0]
                if not host.endswith(".amazonaws.com"):
                    stand_in.strangers.append(host)
                    self.send_error(403)
                    return
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                self.wfile.flush()
                try:
                    with stand_in.tls.wrap_socket(self.connection, server_side=True) as inner:
                        inside(inner, self.client_address, self.server)
                except OSError:
                    pass  # a client that hangs up, or does not trust us, says so itself
                self.close_connection = True

            def log_message(self, *_):
                pass

        class inside(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 60

            def any(self):
                size = int(self.headers.get("Content-Length") or 0)
                if self.headers.get("Expect", "").lower() == "100-continue":
                    self.send_response_only(100)
                    self.end_headers()
                is_chunked = self.headers.get("Transfer-Encoding", "").lower() == "chunked"
                body = self.chunks() if is_chunked else self.rfile.read(size)
                call = Call(self.headers["Host"], self.command, self.path, self.headers, body)
                stand_in.calls.append(call)
                end = stand_in.ends.get(call.access_key)
                if end is not None and call.time >= end:
                    status, headers, answer = 403, [("Content-Type", "text/xml")], refusal(call.host)
                else:
                    kept = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP | {"expect"}}
                    status, headers, answer = stand_in.moto.ask(self.command, self.path, body, kept)
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in HOP_BY_HOP:
                        self.send_header(name, value)
                no_body = self.command == "HEAD" or status in (204, 304)
                if self.command == "HEAD":
                    self.send_header("Content-Length", dict(headers).get("Content-Length", "0"))
                elif not no_body:
                    self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if not no_body:
                    self.wfile.write(answer)

            do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = any

            def chunks(self):
                out = b""
                while True:
                    size = int(self.rfile.readline().split(b";")[0], 16)
                    out += self.rfile.read(size)
                    self.rfile.readline()
                    if size == 0:
                        return out

            def log_message(self, *_):
                pass

        class server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # of a client's connection; what matters is what the client says

        self.server = server(("127.0.0.1", 0), door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def proxy_url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def forget(self):
        self.calls.clear()
        self.strangers.clear()
        self.moto.reset()

    def signers(self):
        """The access keys that anything was signed with; None stands for a call that was not."""
        return {call.access_key for call in self.calls}

    def actions(self):
        return [call.action for call in self.calls]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class InstanceRole:
    """IMDSv2 with an instance role, at AWS_EC2_METADATA_SERVICE_ENDPOINT; who takes it signs with ACCESS_KEY."""

    ACCESS_KEY = "ASIAINSTANCEROLE0000"

    def __init__(self):
        self.asked = []
        role = self

        class door(http.server.BaseHTTPRequestHandler):
            def any(self):
                role.asked.append(f"{self.command} {self.path}")
                later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
                keys = {"Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z", "Type": "AWS-HMAC",
                        "AccessKeyId": role.ACCESS_KEY, "SecretAccessKey": "instance-role-secret",
                        "Token": "instance-role-token", "Expiration": later.strftime("%Y-%m-%dT%H:%M:%SZ")}
                text = "token" if self.command == "PUT" else "machine"
                if self.path.endswith("/machine"):
                    text = json.dumps(keys)
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_PUT = any

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), door)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

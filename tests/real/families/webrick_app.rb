# WEBrick and ruby-jwt behind GET /me.
#
# It listens on a free loopback port and prints "listening PORT". The environment says the rest:
#
#   JWT_SECRET_KEY  the key, "secret" if unset
#   ALGORITHMS      what JWT.decode is given, comma-separated
#   LEEWAY          in seconds
#   AUDIENCE        whom a token must be for
#   FAULT           a row of READERS

require 'json'
require 'jwt'
require 'webrick'

KEY = ENV.fetch('JWT_SECRET_KEY', 'secret')
OPTIONS = {
  algorithms: ENV['ALGORITHMS'].split(','),
  leeway: Integer(ENV['LEEWAY']),
  iss: 'RemoteHive', verify_iss: true,
  aud: ENV['AUDIENCE'], verify_aud: true,
  verify_iat: true
}.freeze

READERS = {
  '' => ->(token) { JWT.decode(token, KEY, true, OPTIONS) },
  'expiry-ignored' => ->(token) { JWT.decode(token, KEY, true, OPTIONS.merge(verify_expiration: false)) },
  'signature-ignored' => ->(token) { JWT.decode(token, nil, false) }
}.freeze
READ = READERS.fetch(ENV['FAULT'])

def me(request)
  scheme, token = request['Authorization'].to_s.split(' ', 2)
  return [401, { error: 'Missing token' }] unless scheme == 'Bearer'

  payload, = READ.call(token)
  [200, { sub: payload['sub'] }]
rescue JWT::DecodeError => e
  [401, { error: e.message }]
end

server = WEBrick::HTTPServer.new(
  BindAddress: '127.0.0.1', Port: 0, DoNotReverseLookup: true,
  AccessLog: [], Logger: WEBrick::Log.new($stderr, WEBrick::Log::WARN)
)
server.mount_proc('/me') do |request, response|
  response.status, body = me(request)
  response.content_type = 'application/json'
  response.body = JSON.generate(body)
end
$stdout.puts "listening #{server.listeners.first.addr[1]}"
$stdout.flush
server.start

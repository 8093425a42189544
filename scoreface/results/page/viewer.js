/* The page's viewer: a head to turn and to zoom. All heads share one WebGL context, of which a browser has few: each is
   drawn there and copied to a canvas of its own. */
(() => {
'use strict';
// Pixels drawn along the side of one of the page's: edges are smooth also where WebGL smooths none.
const FINER = 2;
const FIELD = 20, CLOSEST = 0.2, FURTHEST = 1.6, STEEPEST = 89;

const VERTEX = `
varying vec2 at;
varying vec3 place;
varying vec3 facing;
void main() {
  at = uv;
  place = position;
  facing = normalMatrix * normal;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;

// The complete texture is shown as it is, without light. The others say which texel is what, and get some shading for the
// head's form. Where the photo shows nothing there is a hatching, which no skin and no wall has; the inside of the head,
// which an open neck shows, is a plain grey.
const FRAGMENT = `
uniform sampler2D map;
uniform float shading;
uniform float period;
varying vec2 at;
varying vec3 place;
varying vec3 facing;
void main() {
  float outwards = normalize(facing).z;
  float towards = abs(outwards);
  vec4 texel = texture2D(map, at);
  vec3 colour = texel.rgb * mix(1.0, 0.55 + 0.45 * towards, shading);
  if (texel.a < 0.5) {
    float across = abs(fract((place.x + place.y + place.z) / period) - 0.5) * 2.0;
    float width = max(fwidth(across), 1e-4);
    float line = smoothstep(0.5 - width, 0.5 + width, across);
    colour = mix(vec3(0.60, 0.64, 0.70), vec3(0.74, 0.77, 0.82), line) * (0.5 + 0.5 * towards);
  }
  // Not at the outline, where a face that just turned away would be a gray dot.
  if (!gl_FrontFacing && outwards < -0.15) colour = vec3(0.42, 0.44, 0.48) * (0.4 + 0.6 * towards);
  gl_FragColor = vec4(colour, 1.0);
}`;

let shared = null;
function renderer() {
  shared = shared || new THREE.WebGLRenderer({antialias: true, alpha: true});
  return shared;
}

function numbers(text, kind) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  return new kind(bytes.buffer);
}

async function texture(source, name) {
  const image = new Image();
  image.src = source;
  try { await image.decode(); } catch { throw new Error(`The picture ${name} of this head cannot be read.`); }
  const made = new THREE.Texture(image);
  made.anisotropy = renderer().capabilities.getMaxAnisotropy();
  // A label between two others is neither of them.
  if (name === 'provenance') made.magFilter = THREE.NearestFilter;
  made.needsUpdate = true;
  return made;
}

class Viewer {
  constructor(canvas, head, textures) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.textures = textures;
    this.geometry = new THREE.BufferGeometry();
    for (const [name, key, size] of [['position', 'vertices', 3], ['normal', 'normals', 3], ['uv', 'uv', 2]])
      this.geometry.setAttribute(name, new THREE.BufferAttribute(numbers(head[key], Float32Array), size));
    this.geometry.setIndex(new THREE.BufferAttribute(numbers(head.faces, Uint32Array), 1));
    this.geometry.computeBoundingBox();
    const size = this.geometry.boundingBox.getSize(new THREE.Vector3());
    this.centre = this.geometry.boundingBox.getCenter(new THREE.Vector3());
    // Turned about its axis the head stays in the picture.
    const across = Math.hypot(size.x, size.z) / 2;
    this.distance = across + 1.06 * Math.max(across, size.y / 2) / Math.tan(THREE.MathUtils.degToRad(FIELD / 2));
    this.material = new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, side: THREE.DoubleSide, extensions: {derivatives: true},
      uniforms: {map: {value: null}, shading: {value: 0}, period: {value: size.y / 14}},
    });
    this.scene = new THREE.Scene();
    this.scene.add(new THREE.Mesh(this.geometry, this.material));
    this.camera = new THREE.PerspectiveCamera(FIELD, 1, this.distance / 100, 4 * this.distance);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas);
    this.listen();
    [this.azimuth, this.elevation, this.scale] = [0, 0, 1];
    this.show('complete');
  }

  show(name) {
    this.material.uniforms.map.value = this.textures[name];
    this.material.uniforms.shading.value = name === 'provenance' ? 1 : 0;
    this.draw();
  }

  // Degrees: the head's own right side comes into sight, and its crown.
  turn(right, up) {
    this.azimuth = (this.azimuth + right) % 360;
    this.elevation = Math.min(Math.max(this.elevation + up, -STEEPEST), STEEPEST);
    this.draw();
  }

  zoom(factor) {
    this.scale = Math.min(Math.max(this.scale / factor, CLOSEST), FURTHEST);
    this.draw();
  }

  reset() {
    [this.azimuth, this.elevation, this.scale] = [0, 0, 1];
    this.draw();
  }

  resize() {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight].map(side => FINER * side);
    if (!width || !height || (width === this.canvas.width && height === this.canvas.height)) return;
    [this.canvas.width, this.canvas.height] = [width, height];
    this.render();
  }

  // At most once a frame.
  draw() {
    this.pending = this.pending || requestAnimationFrame(() => this.render());
  }

  render() {
    cancelAnimationFrame(this.pending);
    this.pending = 0;
    const {width, height} = this.canvas;
    const [azimuth, elevation] = [this.azimuth, this.elevation].map(THREE.MathUtils.degToRad);
    const flat = Math.cos(elevation);
    const from = new THREE.Vector3(-Math.sin(azimuth) * flat, Math.sin(elevation), Math.cos(azimuth) * flat);
    this.camera.position.copy(this.centre).addScaledVector(from, this.distance * this.scale);
    this.camera.lookAt(this.centre);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    renderer().setSize(width, height, false);
    renderer().render(this.scene, this.camera);
    this.context.clearRect(0, 0, width, height);
    this.context.drawImage(renderer().domElement, 0, 0);
  }

  // One pointer turns, two zoom; the wheel zooms once the head has been clicked, so that the page scrolls over it.
  listen() {
    const pointers = new Map();
    const apart = () => {
      const [one, other] = [...pointers.values()];
      return Math.hypot(one.x - other.x, one.y - other.y);
    };
    this.canvas.addEventListener('pointerdown', event => {
      pointers.set(event.pointerId, {x: event.clientX, y: event.clientY});
      this.canvas.setPointerCapture(event.pointerId);
    });
    this.canvas.addEventListener('pointermove', event => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const before = pointers.size === 2 ? apart() : 0;
      const [right, down] = [event.clientX - last.x, event.clientY - last.y];
      [last.x, last.y] = [event.clientX, event.clientY];
      const degrees = 180 / this.canvas.clientWidth;
      if (before) this.zoom(apart() / before);
      else this.turn(right * degrees, down * degrees);
    });
    for (const name of ['pointerup', 'pointercancel'])
      this.canvas.addEventListener(name, event => pointers.delete(event.pointerId));
    this.canvas.addEventListener('wheel', event => {
      if (document.activeElement !== this.canvas) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 30 : 1;
      this.zoom(Math.exp(-Math.min(Math.max(event.deltaY * lines, -200), 200) / 500));
    }, {passive: false});
  }

  dispose() {
    cancelAnimationFrame(this.pending);
    this.observer.disconnect();
    for (const each of [...Object.values(this.textures), this.material, this.geometry]) each.dispose();
  }
}

window.scorefaceViewer = async (canvas, head) => {
  try { renderer(); } catch { throw new Error('This browser shows no 3D: it has no WebGL, or it is turned off.'); }
  const names = Object.keys(head.textures);
  const made = await Promise.all(names.map(name => texture(head.textures[name], name)));
  return new Viewer(canvas, head, Object.fromEntries(names.map((name, place) => [name, made[place]])));
};
})();

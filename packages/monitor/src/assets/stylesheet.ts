/** The page's looks: one accent, and four status colours that each have a shape and a word beside them. */
export const stylesheet = `:root{color-scheme:light dark;--page:light-dark(#f6f7f9,#0e1014);--surface:light-dark(#fff,#15181e);--sunk:light-dark(#f0f2f5,#1b1f27);--line:light-dark(#e3e6eb,#262b35);--edge:light-dark(#c9ced7,#3c4350);--text:light-dark(#171a21,#e6e9ef);--soft:light-dark(#59616e,#9ba4b3);--accent:light-dark(#3550d0,#9aadff);--on:light-dark(#fff,#10131c);--ok:light-dark(#13734f,#55c597);--fail:light-dark(#bf2e1a,#ff8a78);--warn:light-dark(#8a5a00,#e6b257);--here:light-dark(#fdf3f1,#221615);--there:light-dark(#fcf6e9,#201a0f);--bar:light-dark(#8492aa,#66748d);--bar-soft:light-dark(#c3ccd9,#394252);--bar-fail:light-dark(#cf3f2a,#ff7a66);--bar-refused:light-dark(#c4881a,#b08430)}
*{box-sizing:border-box;margin:0}
body{display:grid;grid-template-columns:204px minmax(0,1fr);min-height:100vh;background:linear-gradient(var(--line),var(--line)) 203px 0/1px 100% no-repeat var(--page);color:var(--text);font:14px/20px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
h1,h2,h3,strong,b{font-weight:600}
h2,h3{font-size:14px}
h1{font-size:13px;color:var(--soft)}
ol,ul{list-style:none;padding:0}
a{color:var(--accent);text-decoration:none;text-underline-offset:3px}
a:hover,.lede a,.more a,p a,h1 a{text-decoration:underline}
code,pre{overflow-wrap:anywhere;font:12.5px/20px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
code,bdi,td,dd,h3{unicode-bidi:isolate}
time,thead th,.number,.status,.chip,.button,.field,.tabs a,.rail li a,.nowrap{white-space:nowrap}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
main:focus{outline:0}
.hidden,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:fixed;z-index:1;top:8px;left:8px;padding:8px 12px;background:var(--surface);border-radius:6px}
.soft,.key,dt,.who,.foot,.chip,thead th,.line-row>time{color:var(--soft)}
.ok{color:var(--ok)}.fail{color:var(--fail)}.warn{color:var(--warn)}.run{color:var(--accent)}.dead{color:inherit}
.small,dt,.who,.count,.key,.foot,thead th,.line-row>time{font-size:12.5px}
.count{font-weight:400}
.row{display:flex;align-items:center;flex-wrap:wrap;gap:4px 8px}
.end{margin-left:auto}
.rail{position:sticky;top:0;height:100vh;display:flex;flex-direction:column;gap:20px;padding:20px 12px}
.brand{display:flex;align-items:center;gap:8px;padding:0 8px;color:inherit;font-weight:600;font-size:15px}
.brand svg{fill:none;stroke:var(--accent);stroke-width:2;stroke-linecap:round}
.rail li a{display:flex;justify-content:space-between;gap:6px;padding:5px 8px;margin-bottom:1px;border-radius:6px;color:var(--soft)}
.rail li a:hover,.button:hover,.copy:hover{background:var(--sunk);text-decoration:none}
.rail [aria-current]{background:var(--surface);color:var(--text);font-weight:600;box-shadow:0 0 0 1px var(--line)}
.who{margin-top:auto;padding:0 8px;overflow-wrap:anywhere}
main{padding:20px 32px 64px;max-width:1240px;width:100%;min-width:0}
main>section,main>.columns,main>form.box{margin-top:28px}
main>section+.box,main>.box+.box,.group+.group{margin-top:16px}
.after{margin-top:12px}
.top{justify-content:space-between}
.top .button.quiet{margin-right:-8px}
.live::before{content:"";display:inline-block;width:7px;height:7px;border-radius:50%;background:var(--edge);margin-right:7px}
.live.on::before{background:var(--accent)}
.lede{max-width:46em;margin-top:8px;font-size:22px;line-height:30px;font-weight:500;letter-spacing:-.012em;text-wrap:pretty;overflow-wrap:anywhere}
.more{margin-top:6px;color:var(--soft);max-width:70em;overflow-wrap:anywhere}
.head{align-items:baseline;margin-bottom:10px}
.box{background:var(--surface);border:1px solid var(--line);border-radius:8px}
.pad{padding:16px}
.columns{display:grid;grid-template-columns:minmax(0,1fr) 336px;gap:28px 24px;align-items:start}
.columns>div{display:grid;grid-template-columns:minmax(0,1fr);gap:16px;min-width:0}
.glyph{flex:none;width:13px;height:13px;fill:currentColor;vertical-align:-1.5px;margin-right:6px}
.glyph .cut,.glyph .line{fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.glyph .cut{stroke:var(--surface)}
.status{font-weight:500}
.chip{padding:1px 6px;border:1px solid var(--line);border-radius:4px;font-size:12px;line-height:16px;font-weight:400}
.id{display:inline-flex;vertical-align:top;align-items:center;gap:2px;max-width:100%}
.id code{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;user-select:all;-webkit-user-select:all}
.mid{font-size:0}.dots{user-select:none;-webkit-user-select:none}
.copy{position:relative;flex:none;width:24px;height:24px;margin:-2px 0;border:0;border-radius:4px;background:none;color:var(--soft);cursor:copy}
.copy::before,.copy::after{content:"";position:absolute;width:7px;height:8px;border:1.25px solid;border-radius:2px;left:6px;top:6px}
.copy::after{left:9px;top:9px;background:var(--surface)}
.copy.done{color:var(--ok)}
.button,.field{display:inline-flex;align-items:center;height:30px;padding:0 12px;border:1px solid var(--edge);border-radius:6px;background:var(--surface);color:var(--text);font:inherit;font-size:13px}
.button{font-weight:500;cursor:pointer}
.button.main{background:var(--accent);border-color:var(--accent);color:var(--on)}
.button.main:hover{filter:brightness(1.08)}
.button.quiet{padding:0 8px;border-color:transparent;background:none;color:var(--soft)}
.button.quiet:hover{background:var(--sunk)}
.button.low{height:24px;padding:0 8px}
.filters{margin-bottom:12px}
.filters .search{flex:1 1 220px}
.field{border-color:var(--bar)}
.filters select{flex:0 1 132px;min-width:0;padding:0 8px}
.field::placeholder{color:var(--soft);opacity:1}
.tabs{display:flex;gap:2px;overflow-x:auto;margin-bottom:12px;box-shadow:inset 0 -1px var(--line)}
.tabs a{padding:6px 10px;color:var(--soft);border-bottom:2px solid transparent}
.tabs [aria-current]{color:var(--text);font-weight:600;border-color:var(--accent)}
.say{padding:12px 16px;border-bottom:1px solid var(--line);border-radius:7px 7px 0 0}
.say.here{background:var(--here)}.say.there{background:var(--there)}
.say.here .cut{stroke:var(--here)}.say.there .cut{stroke:var(--there)}
.say h2{flex:1 1 18em}.say h2 .status{font-weight:600;color:var(--text);white-space:normal}.say.here .glyph{color:var(--fail)}.say.there .glyph{color:var(--warn)}.say:not(.here,.there) .glyph{color:var(--ok)}
.path ol{display:grid;grid-template-columns:repeat(4,1fr)}
.path li{position:relative;padding:14px 16px 16px}
.path li+li{border-left:1px solid var(--line)}
.path li+li::before{content:"";position:absolute;left:-5px;top:20px;width:8px;height:8px;background:var(--surface);border:solid var(--edge);border-width:1px 1px 0 0;transform:rotate(45deg)}
.path li .status{display:block;font-size:15px;margin:1px 0 2px;white-space:normal}
.below{padding:10px 16px;border-top:1px solid var(--line);overflow-wrap:anywhere}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,288px),1fr));gap:16px}
.card{padding:14px 16px 16px}
.card header,.big,.ticks,.acts,.foot{display:flex;justify-content:space-between;gap:8px}
.card h3{overflow-wrap:anywhere}
.big{margin:10px 0}
.big dd{line-height:32px;white-space:nowrap}
.big b{font-size:26px}
.nums{display:grid;grid-template-columns:repeat(3,auto);justify-content:space-between;gap:10px 12px;margin-top:12px}
.nums a{text-decoration:underline;text-decoration-color:var(--edge)}
.nums a:not(.fail){color:inherit}
.facts{display:grid;align-content:start;grid-template-columns:max-content minmax(0,1fr);gap:5px 16px;align-items:baseline}
.facts dd,.error,.group h3,td{overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:16px 40px}
.two>div{min-width:0}
.caption{margin:14px 0 4px}
.chart{display:block;width:100%;overflow:visible}
.chart rect,.chart path{shape-rendering:crispEdges}
.accepted{fill:var(--bar)}.repeated{fill:var(--bar-soft)}.failed{fill:var(--bar-fail)}.refused{fill:var(--bar-refused)}.empty{fill:var(--line)}.asked{fill:var(--accent)}
.chart line{stroke:var(--edge);vector-effect:non-scaling-stroke;shape-rendering:crispEdges}
.chart text,.ticks{font-size:11px;fill:var(--soft);color:var(--soft)}
.ticks{margin-top:3px;line-height:16px}
figcaption{margin-top:6px}
.key svg,.pips{display:inline;width:9px;height:9px;margin-right:6px;vertical-align:-1px}
.pips{width:34px}
.scroll{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-size:13px}
caption,th{text-align:left}
caption{padding:16px 16px 4px;font-weight:600;font-size:14px}
th,td{padding:8px;vertical-align:top;font-weight:400;border-bottom:1px solid var(--line)}
tbody th a{color:inherit;font-weight:500}
tr>:first-child{padding-left:16px}
tr>:last-child{padding-right:16px}
tbody tr:last-child>*{border-bottom:0}
tbody tr:hover{background:var(--sunk)}
td .button.low{margin:-2px 0}
td .row{flex-wrap:nowrap;justify-content:flex-end}
.number{text-align:right}
.clip{width:50%;max-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.foot{gap:16px;padding:10px 16px;border-top:1px solid var(--line);align-items:center;flex-wrap:wrap}
.steps{display:inline-flex;align-items:center;color:var(--soft)}
.steps li{display:flex;align-items:center;white-space:nowrap}
.steps li+li::before{content:"";width:10px;margin:0 6px;border-top:1px solid var(--edge)}
.steps .now{color:var(--text);font-weight:500}
.steps .glyph{margin-right:4px}
.line>li{position:relative;padding:0 0 16px 26px}
.line>li:last-child{padding-bottom:0}
.line>li::before{content:"";position:absolute;left:6px;top:19px;bottom:-3px;border-left:1px solid var(--edge)}
.line>li:last-child::before{display:none}
.line>.next::before{border-left-style:dashed}
.line>li>.glyph{position:absolute;left:0;top:3.5px}
.line-row{display:flex;gap:8px;align-items:baseline;justify-content:space-between}
.line .now{color:var(--accent)}
.line .now::after{content:"";position:absolute;left:3px;top:7px;width:7px;height:7px;border-radius:50%;background:var(--accent)}
.error{margin-top:6px;padding:8px 12px;border-left:3px solid var(--bar-fail);border-radius:0 6px 6px 0;background:var(--here)}
.error code{display:block}
pre{overflow:auto;max-height:640px;padding:10px 16px 14px;tab-size:2}
.body .head{padding:14px 16px 0;margin:0}
.masked{padding:0 5px;border-radius:3px;background:var(--sunk);color:var(--soft)}
.group{display:grid;grid-template-columns:minmax(0,1fr) 250px;gap:12px 28px;padding:16px}
.group>.row{grid-column:1/-1}
.group h3,.hint{margin-top:6px}
.group h3 code{font-size:13.5px;font-weight:600}
.group .facts{grid-template-columns:68px 1fr;margin-top:8px}
.notice{padding:24px}
.notice p{margin:4px 0 0;max-width:48em}
.notice form,.notice .row{margin-top:12px}
.narrow-only{display:none}
.bare{display:block;background:var(--page)}.bare main{max-width:640px;margin:8vh auto 0}.bare h1{font-size:16px;color:inherit}
.said{padding:12px 16px}
progress{width:100%;height:10px;accent-color:var(--accent)}
.check{display:inline-flex;gap:6px;align-items:center}
@media (max-width:1000px){.columns,.group{grid-template-columns:minmax(0,1fr)}.columns>div{display:contents}.columns .later{order:1}.path ol{grid-template-columns:1fr 1fr}.path li:nth-child(3){border-left:0}.path li:nth-child(n+3){border-top:1px solid var(--line)}.path li:nth-child(3)::before{display:none}}
@media (max-width:820px){
body{display:block;background:var(--page)}
.narrow-only{display:inline}
.rail{position:static;height:auto;gap:8px;padding:12px 16px 0;border:0;border-bottom:1px solid var(--line)}
.rail ul{display:flex;flex-wrap:wrap;margin:0 -8px;padding-bottom:8px}
.brand{padding:0}
.who{position:absolute;right:8px;top:12px;max-width:50%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
main{padding:16px 16px 48px}
.lede{font-size:19px;line-height:26px}
.rows thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.rows,.rows tbody{display:block}
.rows tr{display:flex;flex-wrap:wrap;gap:0 12px;padding:10px 16px;border-bottom:1px solid var(--line)}
.rows tr>*{display:block;padding:1px 0;border:0;max-width:100%;width:auto}
.rows tr:last-child{border:0}
.rows .whole{flex:0 0 100%;order:1}
.rows .clip{white-space:normal}
.wide-only,.rows .wide-only{display:none}
.rows .number{text-align:left}.rows .number.end{text-align:right}
.steps{flex-wrap:wrap}
.rows td .row{justify-content:flex-start}
.filters select,.filters .button{flex:1 1 40%;justify-content:center}
.button,.field{height:36px}
.button.low{height:32px}
}
@media (max-width:520px){.path ol{grid-template-columns:1fr}.path li+li{border-left:0;border-top:1px solid var(--line)}.path li+li::before,.path li:nth-child(3)::before{display:block;left:18px;top:-5px;transform:rotate(135deg)}.nums{grid-template-columns:repeat(3,minmax(0,1fr))}}
@media (forced-colors:active){.glyph .cut{stroke:Canvas}.chart rect,.chart path{forced-color-adjust:none}.button.main{border-width:2px}.rail [aria-current],.tabs [aria-current]{outline:1px solid}}
@media (prefers-reduced-motion:no-preference){.live.on::before{animation:pulse 2.4s infinite}@keyframes pulse{50%{opacity:.35}}}
@media print{body{display:block;background:#fff}.rail,.filters,.tabs,form,.button,.copy,.live{display:none}main{max-width:none;padding:0}.box{break-inside:avoid}pre{max-height:none;white-space:pre-wrap}}
`;
